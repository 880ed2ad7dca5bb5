import { expect, test } from "vitest";
import { parseEmulatorConfig, parseScript, type ScriptFunction } from "../../src/emulator/index.ts";
import { chatPath, errorOf, responsesPath, sendTo, withEmulator } from "./support.ts";

const tools = [
  {
    type: "function",
    name: "search",
    description: "Searches.",
    parameters: { type: "object", properties: { q: { type: "string" } } },
  },
];
interface Item {
  readonly type: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly call_id?: string;
  readonly content?: readonly { readonly text?: string; readonly refusal?: string }[];
}
const outputOf = (body: Record<string, unknown>): Item[] => (body.output as Item[]).filter((item) => item.type !== "reasoning");

test("a script says turn by turn what the model answers: parallel calls, then text", async () => {
  const script = parseScript([
    { when: { after_tool: "search" }, reply: { text: "It is blue." } },
    {
      when: { last_user: "colou?r" },
      expect: { tools: ["search"] },
      reply: {
        reasoning: "Two searches.",
        tool_calls: [
          { name: "search", arguments: { q: "a" } },
          { name: "search", arguments: "{broken" },
        ],
      },
    },
  ]);
  await withEmulator({ script }, async (emulator) => {
    const asked = { model: "default", tools, input: [{ role: "user", content: "Which colour?" }] };
    const calls = outputOf((await sendTo(emulator, responsesPath, asked)).body);
    expect(calls.map((call) => call.arguments)).toEqual(['{"q":"a"}', "{broken"]);
    const replayed = calls.map(({ type, name, arguments: args, call_id }) => ({ type, name, arguments: args, call_id }));
    const results = calls.map(({ call_id }) => ({ type: "function_call_output", call_id, output: "blue" }));
    const second = await sendTo(emulator, responsesPath, { ...asked, input: [...asked.input, ...replayed, ...results] });
    expect(outputOf(second.body)[0]!.content![0]!.text).toBe("It is blue.");
  });
});

test("a script can refuse, fail and stop at a limit", async () => {
  const script = parseScript([
    { when: { last_user: "^refuse" }, reply: { refusal: "I will not." } },
    { when: { last_user: "^fail" }, reply: { error: { status: 503, message: "Down.", code: "down" } } },
    { when: { last_user: "^long" }, reply: { text: "So far", finish: "length" } },
  ]);
  await withEmulator({ script }, async (emulator) => {
    const ask = (content: string) => sendTo(emulator, chatPath, { model: "classic", messages: [{ role: "user", content }] });
    const choice = async (content: string) =>
      ((await ask(content)).body.choices as { message: object; finish_reason: string }[])[0]!;
    expect((await choice("refuse")).message).toMatchObject({ content: null, refusal: "I will not." });
    expect((await choice("long")).finish_reason).toBe("length");
    const failed = await ask("fail");
    expect([failed.status, errorOf(failed)]).toEqual([
      503,
      { message: "Down.", type: "invalid_request_error", param: null, code: "down" },
    ]);
  });
});

test("a rule can be used up, and one that expected another request says what was missing", async () => {
  const script = parseScript([
    { when: {}, reply: { text: "once" }, times: 1 },
    { when: { turn: 1 }, expect: { tools: ["calculator"], last_user: "sum" }, reply: { text: "42" } },
  ]);
  await withEmulator({ script }, async (emulator) => {
    const ask = () => sendTo(emulator, responsesPath, { model: "default", tools, input: "what is the sum" });
    expect(outputOf((await ask()).body)[0]!.content![0]!.text).toBe("once");
    const second = await ask();
    expect(errorOf(second).message).toBe(
      'Rule 2 of the emulator\'s script expected another request: the tool "calculator" was not offered (offered: search).',
    );
  });
});

test("a script may be a function of messages and tools; where it says nothing the emulator's brain answers", async () => {
  const seen: string[] = [];
  await withEmulator(
    {
      script: (messages, offered) => {
        seen.push(`${messages.at(-1)?.role} ${offered.map((tool) => tool.name)}`);
        return messages.length === 1 ? undefined : { text: "scripted" };
      },
    },
    async (emulator) => {
      const first = await sendTo(emulator, responsesPath, { model: "default", input: "hello" });
      expect(outputOf(first.body)[0]!.content![0]!.text).toContain("Hello");
      const second = await sendTo(emulator, responsesPath, { model: "default", tools, instructions: "Be kind.", input: "hello" });
      expect(outputOf(second.body)[0]!.content![0]!.text).toBe("scripted");
      expect(seen).toEqual(["user ", "user search"]);
    },
  );
});

const badScripts = [
  [{ rules: [] }, "must be a list"],
  [[{ when: { last_usr: "x" }, reply: { text: "y" } }], 'Did you mean "last_user"?'],
  [[{ when: { last_user: "(" }, reply: { text: "y" } }], "no regular expression"],
  [[{ when: {}, reply: {} }], "says nothing"],
  [[{ when: {} }], "is missing"],
  [[{ when: {}, reply: { tool_calls: [{ arguments: {} }] } }], "tool_calls[0].name"],
] as const;

test.each(badScripts)("a script that is wrong is told at the start: %j", (script, problem) => {
  expect(() => parseScript(script, "rules.json")).toThrowError(expect.objectContaining({ code: "config" }));
  try {
    parseScript(script, "rules.json");
  } catch (thrown) {
    const { message, fix } = thrown as { message: string; fix: string };
    expect(`${message} ${fix}`).toContain(problem);
    expect(message).toContain("rules.json");
  }
});

const badConfigs = [
  [{ deployment: {} }, 'Did you mean "deployments"?'],
  [{ deployments: { x: { regoin: "West" } } }, 'Did you mean "region"?'],
  [{ deployments: { x: { extends: "nothing" } } }, "Choose one of default"],
  [{ deployments: { x: { requestsPerMinute: 0 } } }, "requestsPerMinute is 0"],
  [{ faults: [{ fault: "cutt" }] }, 'Did you mean "cut"?'],
  [{ network: "fire" }, "network"],
  [{ contentFilter: [{ pattern: "[", category: "hate" }] }, "no regular expression"],
  [{ identity: { principals: [{ kind: "system", roles: ["Cognitive Services OpenAI Usr"] }] } }, "OpenAI User"],
] as const;

test.each(badConfigs)("a configuration that is wrong is told at the start: %j", (config, problem) => {
  try {
    parseEmulatorConfig(config, "emulator.json");
    expect.unreachable();
  } catch (thrown) {
    const { code, message, fix } = thrown as { code: string; message: string; fix: string };
    expect(code).toBe("config");
    expect(`${message} ${fix}`).toContain(problem);
  }
});

test("a configuration adds deployments to the default ones, each after the profile it extends", async () => {
  const config = parseEmulatorConfig({
    deployments: { mine: { extends: "classic", model: "gpt-4o", region: "Sweden Central" }, "chat-only": null },
  });
  await withEmulator({ config }, async (emulator) => {
    const ask = (model: string) =>
      sendTo(emulator, chatPath, { model, messages: [{ role: "user", content: "hi" }], temperature: 0 });
    const mine = await ask("mine");
    expect([mine.status, mine.body.model, mine.headers.get("x-ms-region")]).toEqual([200, "gpt-4o", "Sweden Central"]);
    expect([(await ask("chat-only")).status, (await ask("classic")).status]).toEqual([404, 200]);
  });
});

test("without parallel calls only the first is made, and a stop sequence ends the text", async () => {
  const toolCalls = [
    { name: "search", arguments: "{}" },
    { name: "search", arguments: '{"q":"b"}' },
  ];
  await withEmulator({ script: () => ({ toolCalls }) }, async (emulator) => {
    const one = await sendTo(emulator, responsesPath, { model: "default", tools, input: "hi", parallel_tool_calls: false });
    expect(outputOf(one.body)).toHaveLength(1);
  });
  await withEmulator({ script: () => ({ text: "one two three" }) }, async (emulator) => {
    const body = { model: "classic", messages: [{ role: "user", content: "hi" }], stop: [" two", " three"] };
    const [choice] = (await sendTo(emulator, chatPath, body)).body.choices as { message: { content: string } }[];
    expect(choice!.message.content).toBe("one");
  });
});

test("a script that throws or is asynchronous is told as such, not as a failure of the service", async () => {
  const failing: ScriptFunction = () => {
    throw new Error("no such turn");
  };
  // What a test in JavaScript may give: the types refuse it.
  const promising = (() => Promise.resolve({ text: "late" })) as () => object;
  for (const [script, words] of [
    [failing, "no such turn"],
    [promising, "must answer at once"],
  ] as const) {
    await withEmulator({ script }, async (emulator) => {
      const sent = await sendTo(emulator, responsesPath, { model: "default", input: "hi" });
      expect([sent.status, errorOf(sent).code]).toEqual([500, "script_failed"]);
      expect(errorOf(sent).message).toContain(words);
    });
  }
});

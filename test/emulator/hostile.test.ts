import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type BrainMessage, type BrainTool, lastQuestion } from "../../src/emulator/brain/brain.ts";
import { extractiveBrain } from "../../src/emulator/brain/extractive.ts";
import { obedientBrain } from "../../src/emulator/brain/obedient.ts";
import { defaultDeployments } from "../../src/emulator/deployments.ts";
import { BodyRoom, TooBusy } from "../../src/emulator/http.ts";
import { Recent } from "../../src/emulator/recent.ts";
import { ResponseMemory } from "../../src/emulator/resource.ts";
import { seeded } from "../../src/emulator/seeded.ts";
import type { ModelCall } from "../../src/emulator/wire/call.ts";
import { chatEvents } from "../../src/emulator/wire/chat-reply.ts";
import { responsesEvents } from "../../src/emulator/wire/responses-events.ts";
import { responsesPath, sendTo, withEmulator } from "./support.ts";

const turn = "\n[turn date=2026-11-23 key=k3f9]";
const search: BrainTool = {
  name: "notes__search",
  description: "Searches the notes.",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

/** A conversation whose question, or whose tool result, is the text. */
function conversation(text: string, where: "question" | "result"): BrainMessage[] {
  if (where === "question") return [{ role: "user", text: text + turn }];
  return [
    { role: "user", text: `How long is parental leave?${turn}` },
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "c1", name: search.name, arguments: '{"query":"parental leave"}' }],
    },
    { role: "tool", callId: "c1", name: search.name, text: `--- leave.md > Leave\n[[k3f9.1]] Three weeks. ${text}` },
  ];
}

// Each took minutes to hours when what is opened was looked for an end again and again.
test.each(["[turn ", "<attachment>", "<", "](", "{", "say “", "a\n", "\n[[k3f9.1]] what is x?", "| a "])(
  "a million characters of %j, asked or found, are read in one go",
  (mark) => {
    const text = mark.repeat(Math.ceil(1_000_000 / mark.length));
    for (const brain of [extractiveBrain, obedientBrain]) {
      for (const where of ["question", "result"] as const) {
        const reply = brain({ messages: conversation(text, where), tools: [search], toolChoice: "auto" });
        expect(reply.error).toBeUndefined();
      }
    }
  },
);

test("what is handed in is told from the question also beside an end that opens nothing and an opening without end", () => {
  const text = 'Fee? <attachment name="a">\n5 pounds\n</attachment> </attachment> <attachment name="b">\nopen';
  expect(lastQuestion([{ role: "user", text: text + turn }])).toEqual({
    text: 'Fee?  </attachment> <attachment name="b">\nopen',
    attached: "5 pounds\n",
    index: 0,
  });
});

const call = (surface: "chat" | "responses"): ModelCall => ({
  surface,
  deployment: defaultDeployments.find(({ name }) => name === "classic")!,
  body: {},
  brain: { messages: [], tools: [], toolChoice: "auto" },
  stream: true,
  inputTokens: 1,
});

test("the events of a stream are made as they are read, so that slow readers of long answers hold little", () => {
  for (const surface of ["chat", "responses"] as const) {
    let drawn = 0;
    const random = seeded("x");
    const letters = (length: number): string => {
      drawn++;
      return random.letters(length);
    };
    const context = { random: { ...random, letters }, created: 1, encrypt: (text: string) => text };
    const reply = { text: "word ".repeat(1_000), outputTokens: 1_000, reasoningTokens: 0 };
    const events =
      surface === "chat" ? chatEvents(call(surface), reply, context) : responsesEvents(call(surface), reply, context).events;
    const reading = events[Symbol.iterator]();
    for (let i = 0; i < 10; i++) reading.next();
    expect([surface, drawn > 0 && drawn < 20]).toEqual([surface, true]);
  }
});

test("the oldest are forgotten beyond a number of values and a number of characters, the newest never", () => {
  const recent = new Recent<string>({ values: 3, characters: 10 });
  expect([recent.add("a", 4), recent.add("b", 4), recent.add("c", 1)]).toEqual([[], [], []]);
  expect(recent.add("d", 1)).toEqual(["a"]);
  expect(recent.add("e", 50)).toEqual(["b", "c", "d"]);
  expect(recent.values).toEqual(["e"]);
});

test("stored responses are forgotten when what they hold grows large", () => {
  const memory = new ResponseMemory("resource");
  for (const id of ["resp_1", "resp_2"]) memory.store({ id, output: [] }, { earlier: [], input: [] }, 50 * 1024 * 1024);
  expect([memory.get("resp_1"), memory.get("resp_2")?.response.id]).toEqual([undefined, "resp_2"]);
});

test("requests under way share one room for their bodies, and give back what they held", () => {
  const room = new BodyRoom(100);
  const [first, second] = [room.open(), room.open()];
  first.add(60);
  expect(() => second.add(60)).toThrowError(TooBusy);
  second.add(40);
  first[Symbol.dispose]();
  second.add(60);
  expect(() => room.open().add(1)).toThrowError(TooBusy);
});

test("5,000 messages, 2,000 tools and a body of 10 MB get an answer, and so does the next request", async () => {
  await withEmulator({}, async (emulator) => {
    const statusOf = async (body: object): Promise<number> =>
      (await sendTo(emulator, responsesPath, { model: "classic", ...body })).status;
    const messages = Array.from({ length: 5_000 }, (_, i) => ({ role: i % 2 ? "assistant" : "user", content: `line ${i}` }));
    const tools = Array.from({ length: 2_000 }, (_, i) => ({ type: "function", name: `t${i}`, parameters: {} }));
    expect(await statusOf({ input: messages })).toBe(200);
    expect(await statusOf({ input: "hi", tools })).toBe(400);
    expect(await statusOf({ input: "x".repeat(10_000_000) })).toBe(400);
    expect(await statusOf({ input: "hi" })).toBe(200);
  });
});

test("closing ends slow, stalled, unread and half-sent requests, and leaves no timer or socket that keeps the process alive", async () => {
  const run = promisify(execFile)(process.execPath, [join(import.meta.dirname, "closing-child.ts")], { timeout: 20_000 });
  await expect(run).resolves.toMatchObject({ stdout: "closed" });
});

test("starting loads nothing of Node's fetch, which would make every question without an account wait", async () => {
  const program = `import { startEmulator } from ${JSON.stringify(import.meta.resolve("../../src/emulator/index.ts"))};
    await using emulator = await startEmulator({ config: { identity: {} } });
    console.log(process.moduleLoadList.filter((name) => /_http_server|undici/.test(name)).join());`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { timeout: 20_000 });
  expect(stdout.trim()).toBe("NativeModule _http_server");
});

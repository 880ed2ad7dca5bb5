import OpenAI from "openai";
import { expect, test } from "vitest";
import { errorOf, eventsOf, responsesPath, sendTo, withEmulator } from "./support.ts";

const tools = [
  { type: "custom" as const, name: "run", description: "Runs a program." },
  { type: "function" as const, name: "look", parameters: { type: "object", properties: {} }, strict: false },
];
const script = (messages: readonly { readonly role: string; readonly text: string }[]) => {
  const result = messages.findLast((message) => message.role === "tool");
  return result === undefined
    ? {
        toolCalls: [
          { name: "run", arguments: "print('hello')" },
          { name: "look", arguments: "{}" },
        ],
      }
    : { text: `It said ${result.text}.` };
};

test("a script calls a custom tool with text, and reads what the tool gave back, through the openai package", async () => {
  await withEmulator({ script }, async (emulator) => {
    const client = new OpenAI({ baseURL: `${emulator.url}/openai/v1/`, apiKey: emulator.key });
    const first = await client.responses.create({ model: "classic", input: "go", tools });
    expect(first.output).toEqual([
      expect.objectContaining({
        type: "custom_tool_call",
        name: "run",
        input: "print('hello')",
        id: expect.stringMatching(/^ctc_/),
      }),
      expect.objectContaining({ type: "function_call", name: "look", arguments: "{}" }),
    ]);
    const outputs = first.output.map((item) => ({
      type: `${item.type}_output` as "custom_tool_call_output",
      call_id: (item as { call_id: string }).call_id,
      output: "hello",
    }));
    const next = { model: "classic", tools };
    const continued = await client.responses.create({ ...next, previous_response_id: first.id, input: outputs });
    expect(continued.output_text).toBe("It said hello.");
    const whole = [{ role: "user" as const, content: "go" }, ...first.output, ...outputs] as OpenAI.Responses.ResponseInput;
    const replayed = await client.responses.create({ ...next, input: whole });
    expect(replayed.output_text).toBe("It said hello.");
  });
});

test("the text of a custom tool's call is streamed in pieces of its own", async () => {
  await withEmulator({ script }, async (emulator) => {
    const sent = await sendTo(emulator, responsesPath, { model: "classic", input: "go", tools, stream: true });
    const events = eventsOf(sent.text);
    const pieces = events.filter((event) => event.type === "response.custom_tool_call_input.delta").map((event) => event.delta);
    expect(pieces.join("")).toBe("print('hello')");
    const done = events.find((event) => event.type === "response.custom_tool_call_input.done");
    expect(done).toMatchObject({ input: "print('hello')", output_index: 0 });
    expect(events.find((event) => event.type === "response.output_item.added")?.item).toMatchObject({
      input: "",
      status: "in_progress",
    });
  });
});

test("calls of custom tools and their outputs belong together", async () => {
  await withEmulator({}, async (emulator) => {
    const ask = async (...items: object[]) =>
      errorOf(
        await sendTo(emulator, responsesPath, { model: "classic", input: [{ role: "user", content: "go" }, ...items], tools }),
      );
    const call = { type: "custom_tool_call", call_id: "call_1", name: "run", input: "x" };
    const output = { type: "custom_tool_call_output", call_id: "call_1", output: "y" };
    expect((await ask(call)).message).toBe("No tool output found for custom tool call call_1.");
    expect((await ask(output)).message).toBe("No tool call found for custom tool call output with call_id call_1.");
    expect(await ask({ ...call, input: undefined }, output)).toMatchObject({
      param: "input[1].input",
      code: "missing_required_parameter",
    });
    expect(await ask(call, output)).toBeNull();
  });
});

test("without a script no custom tool is called, not even where a call is required", async () => {
  await withEmulator({}, async (emulator) => {
    const { body } = await sendTo(emulator, responsesPath, {
      model: "classic",
      input: "Run a program.",
      tools: [tools[0]],
      tool_choice: "required",
    });
    expect((body.output as { type: string }[]).map(({ type }) => type)).toEqual(["message"]);
  });
});

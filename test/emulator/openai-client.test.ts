import OpenAI, { AzureOpenAI } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";

let emulator: Emulator;
let client: OpenAI;
beforeAll(async () => {
  emulator = await startEmulator();
  client = new OpenAI({ baseURL: `${emulator.url}/openai/v1/`, apiKey: emulator.key, maxRetries: 0 });
});
afterAll(() => emulator.close());

const parameters = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };
const description = "Searches the handbook.";
const question = "How many vacation days do I get?";
const result = "--- leave.md > Vacation\n[[k3f9.1]] Everybody gets 25 vacation days a year.\n[[k3f9.2]] Ask your manager first.";
const asked = `${question}\n[turn date=2026-11-23 key=k3f9]`;

test("the openai package completes a streamed tool round on Responses", async () => {
  const tools = [{ type: "function" as const, name: "look_up", description, parameters, strict: false }];
  const first = client.responses.stream({ model: "default", input: asked, tools });
  const call = (await first.finalResponse()).output.find((item) => item.type === "function_call");
  expect(JSON.parse(call!.arguments)).toEqual({ query: "vacation days" });
  const second = client.responses.stream({
    model: "default",
    tools,
    input: [
      { role: "user", content: asked },
      { type: "function_call", call_id: call!.call_id, name: call!.name, arguments: call!.arguments },
      { type: "function_call_output", call_id: call!.call_id, output: result },
    ],
  });
  expect((await second.finalResponse()).output_text).toBe("Everybody gets 25 vacation days a year. [[k3f9.1-2]]");
});

test("the openai package completes a streamed tool round on Chat Completions", async () => {
  const tools = [{ type: "function" as const, function: { name: "look_up", description, parameters } }];
  const first = client.chat.completions.stream({ model: "classic", messages: [{ role: "user", content: asked }], tools });
  const message = (await first.finalChatCompletion()).choices[0]!.message;
  const call = message.tool_calls![0]!;
  const second = client.chat.completions.stream({
    model: "classic",
    tools,
    messages: [{ role: "user", content: asked }, message, { role: "tool", tool_call_id: call.id, content: result }],
  });
  expect(await second.finalContent()).toBe("Everybody gets 25 vacation days a year. [[k3f9.1-2]]");
});

test("AzureOpenAI reaches a deployment under a dated api-version", async () => {
  const azure = new AzureOpenAI({
    endpoint: emulator.url,
    apiKey: emulator.key,
    apiVersion: "2024-10-21",
    deployment: "classic",
  });
  const reply = await azure.chat.completions.create({ model: "classic", messages: [{ role: "user", content: "hi" }] });
  expect(reply.choices[0]!.message.content).toContain("Hello");
});

test("a wrong key, an unknown deployment and an unknown path are refused in Azure's words", async () => {
  const stranger = new OpenAI({ baseURL: `${emulator.url}/openai/v1/`, apiKey: "wrong", maxRetries: 0 });
  await expect(stranger.responses.create({ model: "default", input: "hi" })).rejects.toMatchObject({ status: 401, code: "401" });
  await expect(client.responses.create({ model: "nope", input: "hi" })).rejects.toMatchObject({
    status: 404,
    code: "DeploymentNotFound",
  });
  await expect(client.get("/openai/v1/nowhere")).rejects.toMatchObject({ status: 404, code: "404" });
});

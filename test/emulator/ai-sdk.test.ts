import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { peer } from "../support/peers.ts";

/** The parts of `ai` and `@ai-sdk/azure` that this test uses; both live in test/peers and bring no types here. */
interface AiSdk {
  generateText(options: object): Promise<GeneratedText>;
  streamText(options: object): StreamedText;
  embed(options: object): Promise<{ readonly embedding: readonly number[] }>;
  tool(definition: object): object;
  jsonSchema(schema: object): object;
  stepCountIs(count: number): object;
}
interface GeneratedText {
  readonly text: string;
  readonly finishReason: string;
  readonly steps: readonly { readonly toolCalls: readonly { readonly toolName: string; readonly input: unknown }[] }[];
}
interface StreamedText {
  readonly textStream: AsyncIterable<string>;
  readonly finishReason: PromiseLike<string>;
}
interface AzureProvider {
  responses(deployment: string): object;
  chat(deployment: string): object;
  textEmbeddingModel(deployment: string): object;
}
interface AzureSdk {
  createAzure(options: object): AzureProvider;
}

const aiPath = peer("node_modules/ai/dist/index.js");
const azurePath = peer("node_modules/@ai-sdk/azure/dist/index.js");
let emulator: Emulator;
let ai: AiSdk;
let azure: AzureProvider;

beforeAll(async () => {
  emulator = await startEmulator();
  if (aiPath === undefined || azurePath === undefined) return;
  ai = (await import(aiPath)) as AiSdk;
  azure = ((await import(azurePath)) as AzureSdk).createAzure({ baseURL: `${emulator.url}/openai/v1`, apiKey: emulator.key });
});
afterAll(() => emulator.close());

const search = () =>
  ai.tool({
    description: "Searches the handbook.",
    inputSchema: ai.jsonSchema({
      type: "object",
      properties: { query: { type: "string" } },
      required: ["query"],
      additionalProperties: false,
    }),
    execute: async () => "Everybody gets 25 vacation days a year.\nAsk your manager first.",
  });
const prompt = "How many vacation days do I get?";
const surfaces = [
  ["Responses", () => azure.responses("default")],
  ["Chat Completions", () => azure.chat("classic")],
] as const;

test.skipIf(!aiPath).each(surfaces)("@ai-sdk/azure completes a tool round on %s, streamed and not", async (_name, model) => {
  const options = { model: model(), prompt, tools: { search: search() }, stopWhen: ai.stepCountIs(3), maxRetries: 0 };
  const whole = await ai.generateText(options);
  expect(whole.steps[0]!.toolCalls).toMatchObject([{ toolName: "search", input: { query: "vacation days" } }]);
  expect([whole.text, whole.finishReason]).toEqual([expect.stringContaining("Everybody gets 25 vacation days a year."), "stop"]);
  const streamed = ai.streamText(options);
  let text = "";
  for await (const delta of streamed.textStream) text += delta;
  expect(text).toBe(whole.text);
  expect(await streamed.finishReason).toBe("stop");
});

test.skipIf(!aiPath)("@ai-sdk/azure maps the emulator's refusals to its own errors", async () => {
  const failing = (deployment: string, fault?: string) =>
    ai.generateText({
      model: azure.responses(deployment),
      prompt: "hi",
      maxRetries: 0,
      headers: fault === undefined ? {} : { "x-emulate-fault": fault },
    });
  await expect(failing("nowhere")).rejects.toMatchObject({ name: "AI_APICallError", statusCode: 404, isRetryable: false });
  await expect(failing("default", "429-new")).rejects.toMatchObject({ statusCode: 429, isRetryable: true });
  await expect(failing("default", "400-content-filter-prompt")).rejects.toMatchObject({ statusCode: 400, isRetryable: false });
});

test.skipIf(!aiPath)("@ai-sdk/azure gets embeddings", async () => {
  const { embedding } = await ai.embed({ model: azure.textEmbeddingModel("embeddings"), value: "hello" });
  expect(embedding).toHaveLength(3072);
});

// Your own Azure OpenAI program under test, with no account: a strict service on loopback, answers of your choosing, faults on demand.
// Run: node examples/emulator-in-tests.ts
import assert from "node:assert/strict";
import OpenAI from "openai";
import { startEmulator } from "../src/emulator/index.ts";

/** The program under test: any client of Azure OpenAI. */
async function summarise(client: OpenAI, text: string): Promise<string> {
  const reply = await client.responses.create({ model: "default", input: `Summarise: ${text}` });
  return reply.output_text;
}

await using azure = await startEmulator({
  // The first rule that fits speaks; where none does, the emulator's own brain answers.
  script: [{ when: { lastUser: /^Summarise: / }, reply: { text: "A short summary." } }],
});
const client = new OpenAI({ baseURL: `${azure.url}/openai/v1/`, apiKey: azure.key, maxRetries: 1 });

// 1. It says what the script says, over the real wire.
assert.equal(await summarise(client, "a long text"), "A short summary.");
assert.equal(azure.requests.at(-1)?.path, "/openai/v1/responses");

// 2. It refuses what Azure refuses: an unknown deployment, a wrong key, a parameter this model does not take.
await assert.rejects(client.responses.create({ model: "gpt-9", input: "hi" }), { status: 404, code: "DeploymentNotFound" });
await assert.rejects(client.responses.create({ model: "default", input: "hi", temperature: 0.7 }), { status: 400 });

// 3. It fails on demand: this request is answered as a throttled one. A configuration can do the same to every third, or by chance.
const throttled = client.responses.create(
  { model: "default", input: "hi" },
  { headers: { "x-emulate-fault": "429:1" }, maxRetries: 0 },
);
await assert.rejects(throttled, { status: 429 });
console.log(`3 checks passed, ${azure.requests.length} requests`);

import { expect, test } from "vitest";
import { createLectern, createLog, type ServedTool } from "../../src/index.ts";
import { testConfig } from "../support/config.ts";
import { calls, collect, says, scripted } from "../support/fakes.ts";

const key = "0123456789abcdef0123456789abcdef";
const secretQuestion = "What does Ada Lovelace earn?";

async function logOf(level: string): Promise<string> {
  let lines = "";
  const log = await createLog({ level, destination: { write: (line) => (lines += line) } });
  const model = scripted(calls({ id: "a", name: "tools__probe", arguments: `{"key":"${key}"}` }), says("It is not said."));
  const probe: ServedTool = {
    name: "probe",
    description: "Answers.",
    inputSchema: { type: "object", properties: {} },
    call: () => ({ content: [{ type: "text", text: `a document; Authorization: Bearer ${key}` }] }),
  };
  await using lectern = await createLectern({
    config: await testConfig({ env: { AZURE_OPENAI_API_KEY: key } }),
    model,
    tools: [probe],
    log,
  });
  await collect(lectern.ask(secretQuestion));
  return lines;
}

test("the log is JSON lines with the turn's id, and neither questions nor documents stand in it at info", async () => {
  const log = await logOf("info");
  const entries = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { msg: string; turnId?: string });
  const messages = entries.map((entry) => entry.msg);
  expect(messages).toEqual(
    expect.arrayContaining(["azure configuration", "turn started", "tool call", "tool result", "turn done"]),
  );
  const turns = new Set(entries.flatMap((entry) => (entry.msg === "azure configuration" ? [] : [entry.turnId])));
  expect(turns.size).toBe(1);
  expect(log).not.toContain("Lovelace");
  expect(log).not.toContain("a document");
});

test("questions and results stand in the log at debug, secrets nowhere", async () => {
  const log = await logOf("debug");
  expect(log).toContain("Lovelace");
  expect(log).toContain("a document");
  expect(log).not.toContain(key);
});

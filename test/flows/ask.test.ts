import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AnswerJson } from "../../src/app/answer.ts";
import type { RunEvent } from "../../src/core/events.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { lectern } from "../support/cli.ts";

const handbook = resolve(import.meta.dirname, "../../data/handbook");
const folder = mkdtempSync(join(tmpdir(), "lectern-flow-"));
const onEmulator = ["ask", "--emulator", "--source", handbook];
const vacation = "How many days of vacation do I have?";
let azure: Emulator;
beforeAll(async () => {
  azure = await startEmulator();
});
afterAll(async () => {
  await azure.close();
  rmSync(folder, { recursive: true, force: true });
});
const azureEnv = () => ({
  AZURE_OPENAI_ENDPOINT: azure.url,
  AZURE_OPENAI_DEPLOYMENT_NAME: "default",
  AZURE_OPENAI_API_KEY: azure.key,
});
const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  mkdirSync(resolve(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
};

test("an answer from a folder carries a verified quote with its path", async () => {
  const { code, stdout } = await lectern([...onEmulator, "--json", vacation]);
  const answer = JSON.parse(stdout) as AnswerJson;
  expect(code).toBe(0);
  expect(answer.outcome).toBe("answered");
  expect(answer.citations[0]).toMatchObject({ marker: "[1]", server: "knowledge", path: "leave/vacation.md", verified: true });
  expect(answer.answer).toContain("[1]");
  expect(answer.model).toMatchObject({ emulated: true, deployment: "default", api: "responses" });
  expect(answer.tool_calls[0]).toMatchObject({ server: "knowledge", tool: "search_knowledge_base", ok: true });
  expect(answer.usage.input_tokens).toBeGreaterThan(0);
});

test("the quote is the source's own text, byte for byte", async () => {
  const page = "# Badges\n\nLost badges cost **£12** — “ask” Beacon \u00a0first.\n";
  const source = write("bytes/page.md", page);
  const { stdout } = await lectern(["ask", "--emulator", "--source", source, "--json", "What do lost badges cost?"]);
  const quotes = (JSON.parse(stdout) as AnswerJson).citations.map((citation) => citation.quote);
  expect(quotes.join()).toContain("**£12** — “ask” Beacon \u00a0first.");
  for (const quote of quotes) expect(page).toContain(quote);
});

test.each(["auto", "responses", "chat"])("with an Azure OpenAI in the environment nothing else changes (api %s)", async (api) => {
  const env = { ...azureEnv(), ...(api === "chat" ? { AZURE_OPENAI_DEPLOYMENT_NAME: "classic" } : {}) };
  const { stdout, code } = await lectern(["ask", "--source", handbook, "--json", "--api", api, vacation], { env });
  const answer = JSON.parse(stdout) as AnswerJson;
  expect({ code, outcome: answer.outcome, emulated: answer.model.emulated }).toEqual({
    code: 0,
    outcome: "answered",
    emulated: false,
  });
});

test("without a setting for Azure nothing starts, every missing variable is named, and the fix names --emulator", async () => {
  const { code, stderr, stdout } = await lectern(["ask", "--source", handbook, vacation]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr).toMatch(/AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME are not set[\s\S]*--emulator/);
});

test("a wrong key is an auth error with the service's words and its request id", async () => {
  const { code, stdout } = await lectern(["ask", "--source", handbook, "--json", vacation], {
    env: { ...azureEnv(), AZURE_OPENAI_API_KEY: "wrong" },
  });
  expect(code).toBe(3);
  expect(JSON.parse(stdout).error).toMatchObject({ code: "auth", fix: expect.any(String), request_id: expect.any(String) });
});

test("an unknown deployment is a config error that names it", async () => {
  const { code, stderr } = await lectern(["ask", "--source", handbook, vacation], {
    env: { ...azureEnv(), AZURE_OPENAI_DEPLOYMENT_NAME: "gpt-9" },
  });
  expect(code).toBe(3);
  expect(stderr).toContain("gpt-9");
});

test("what the sources do not say is said so, cites nothing, names the search, and can fail the command", async () => {
  const { code, stdout } = await lectern([
    ...onEmulator,
    "--json",
    "--fail-on-unanswered",
    "How many days of paternity leave do contractors in Norway get?",
  ]);
  const answer = JSON.parse(stdout) as AnswerJson;
  expect({ code, outcome: answer.outcome, citations: answer.citations }).toEqual({
    code: 8,
    outcome: "not_in_sources",
    citations: [],
  });
  expect(answer.answer).toMatch(/searched/);
});

test("stdout carries the answer and its quotes only; progress is on stderr and --quiet drops it", async () => {
  const { stdout, stderr } = await lectern([...onEmulator, vacation]);
  expect(stdout).toMatch(/\[1\]/);
  expect(stdout).not.toMatch(/search_knowledge_base|tokens|\u001b/);
  expect(stderr).toContain("search_knowledge_base");
  expect((await lectern([...onEmulator, "--quiet", vacation])).stderr).toBe("");
});

test("piped output is written once it is whole", async () => {
  const chunks: string[] = [];
  await lectern([...onEmulator, "--quiet", vacation], { onStdout: (chunk) => chunks.push(chunk) });
  expect(chunks[0]).toMatch(/\[1\]/);
});

test("--stream-json prints each event on a line, done exactly once and last", async () => {
  const { stdout } = await lectern([...onEmulator, "--stream-json", vacation]);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  expect(events[0]!.type).toBe("turn_started");
  expect(events.filter((event) => event.type === "done")).toHaveLength(1);
  expect(events.at(-1)!.type).toBe("done");
});

test("standard input is context, and can be quoted", async () => {
  const { stdout, code } = await lectern(["ask", "--emulator", "--json", "When does the canteen open?"], {
    stdin: "The canteen opens at 11:30.\nIt closes at 14:00.\n",
  });
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as AnswerJson).question).toBe("When does the canteen open?");
});

test.each([
  ["no question", [], "", 2],
  ["a blank question", ["   "], "", 2],
  ["a binary question", ["a\u0001\u0002\u0003\u0004\ufffd\ufffd\ufffd"], "", 2],
  ["an oversize question", ["x".repeat(120_000)], "", 2],
  ["binary standard input", ["What is this?"], Buffer.from([0, 1, 2, 0]), 2],
])("%s is a clear usage error", async (_, words, stdin, code) => {
  const result = await lectern([...onEmulator, ...words], { stdin });
  expect(result.code).toBe(code);
  expect(result.stderr).toMatch(/^lectern: .+\n {2}fix: .+/);
});

test("a question of 90 kB is answered or declined, never a crash", async () => {
  const { code, stdout } = await lectern([...onEmulator, "--json", `${"Please read this carefully. ".repeat(3200)}${vacation}`]);
  expect([0, 4, 7]).toContain(code);
  expect(() => JSON.parse(stdout)).not.toThrow();
});

test("an unknown flag is a usage error that guesses what was meant", async () => {
  const { code, stderr } = await lectern(["ask", "--emulater", "hi"]);
  expect(code).toBe(2);
  expect(stderr).toContain("--emulator");
});

test("a malformed knowledge file is named and skipped; the rest answers", async () => {
  write("mixed/good.md", "# Badges\n\nLost badges cost 12 pounds.\n");
  write("mixed/bad.json", "{ this is no JSON");
  const { stdout, code } = await lectern([
    "ask",
    "--emulator",
    "--json",
    "--source",
    join(folder, "mixed"),
    "What do lost badges cost?",
  ]);
  const answer = JSON.parse(stdout) as AnswerJson;
  expect({ code, outcome: answer.outcome }).toEqual({ code: 0, outcome: "answered" });
  expect(answer.notices).toContainEqual({ code: "knowledge_problem", message: expect.stringContaining("bad.json") });
});

test.each([
  ["an empty folder", () => mkdtempSync(join(folder, "empty-"))],
  ["a path that does not exist", () => join(folder, "nowhere")],
  ["a Q&A file without entries", () => write("none.json", "[]")],
])("%s as the only source is an error with a fix", async (_, make) => {
  const { code, stderr } = await lectern(["ask", "--emulator", "--source", make(), vacation]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/fix: /);
});

test("a dead MCP server is named with its exit code, and the others go on", async () => {
  const config = write(
    "dead.json",
    JSON.stringify({ mcpServers: { broken: { command: process.execPath, args: ["-e", "process.exit(7)"] } } }),
  );
  const { stdout, code } = await lectern([...onEmulator, "--config", config, "--stream-json", vacation]);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  expect(code).toBe(0);
  expect(events).toContainEqual({ type: "server", name: "broken", state: "failed", reason: expect.stringMatching(/7/) });
  expect(events.at(-1)).toMatchObject({ type: "done", outcome: "answered" });
});

test("a server that could not be started is named in the JSON too", async () => {
  const config = write(
    "dead-json.json",
    JSON.stringify({ mcpServers: { broken: { command: process.execPath, args: ["-e", "process.exit(7)"] } } }),
  );
  const { stdout } = await lectern([...onEmulator, "--config", config, "--json", vacation]);
  expect((JSON.parse(stdout) as AnswerJson).notices).toContainEqual({
    code: "server_failed",
    message: expect.stringMatching(/broken.*7/),
  });
  expect((await lectern(["tools", "--emulator", "--config", config])).stderr).toMatch(/broken.*7/);
});

test("Ctrl-C ends the command with 130", async () => {
  const controller = new AbortController();
  const run = lectern([...onEmulator, vacation], { signal: controller.signal });
  controller.abort(new DOMException("Stopped", "AbortError"));
  expect((await run).code).toBe(130);
});

test("the demo answers five of its six questions with quotes and declines the sixth", async () => {
  const { stdout, code } = await lectern(["demo", "--json"]);
  const outcomes = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as AnswerJson);
  expect(code).toBe(0);
  expect(outcomes.map((o) => o.outcome)).toEqual(["answered", "answered", "answered", "answered", "answered", "not_in_sources"]);
  expect(outcomes.slice(0, 5).every((o) => o.citations.length > 0 && o.citations.every((c) => c.verified))).toBe(true);
  expect(outcomes[4]!.tool_calls).toHaveLength(2);
});

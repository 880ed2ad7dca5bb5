import { resolve } from "node:path";
import { expect, test } from "vitest";
import {
  createLectern,
  createLog,
  describeAzureConfig,
  isLecternError,
  loadConfig,
  validateAzureEnvironment,
} from "../../src/index.ts";
import { testConfig } from "../support/config.ts";
import { calls, collect, says, scripted } from "../support/fakes.ts";

const data = resolve(import.meta.dirname, "../../data");

const exported = { createLectern, createLog, describeAzureConfig, loadConfig, validateAzureEnvironment };

test.each([
  ["createLectern", [null], "createLectern: the options are null; they must be an object."],
  ["createLectern", ["./handbook"], "createLectern: the options are text;"],
  ["createLectern", [{ source: "./handbook" }], 'createLectern: there is no option "source".'],
  ["createLectern", [{ sources: "./handbook" }], "createLectern: sources is text; it must be a list of paths"],
  ["createLectern", [{ sources: [{}] }], "createLectern: sources is a list; it must be a list of paths"],
  ["createLectern", [{ emulator: "yes" }], "createLectern: emulator is text; it must be true or false."],
  [
    "createLectern",
    [{ endpoint: new URL("https://r.openai.azure.com") }],
    "createLectern: endpoint is an object; it must be text.",
  ],
  ["createLectern", [{ api: "completions" }], "createLectern: api is text; it must be one of auto, responses, chat."],
  ["createLectern", [{ credential: "sk-secret" }], 'createLectern: credential is text; it must be { type: "api_key", key }'],
  ["createLectern", [{ credential: { type: "api_key" } }], "createLectern: credential is an object; it must be"],
  ["createLectern", [{ model: {} }], "createLectern: model is an object; it must be a model"],
  [
    "createLectern",
    [{ config: "lectern.config.json" }],
    "createLectern: config is text; it must be a configuration made by loadConfig",
  ],
  [
    "createLectern",
    [{ config: { azure: {} } }],
    "createLectern: config is an object; it must be a configuration made by loadConfig",
  ],
  ["createLectern", [{ mcpServers: ["npx"] }], "createLectern: mcpServers is a list; it must be an object."],
  [
    "createLectern",
    [{ emulator: true, mcpServers: { files: { command: 5 } } }],
    "createLectern: mcpServers.files.command is a number; it must be text.",
  ],
  ["createLectern", [{ emulator: true, mcpServers: { files: {} } }], "createLectern: mcpServers.files needs either `command`"],
  ["createLectern", [{ tools: [{ name: "x" }] }], "createLectern: tools is a list; it must be a list of tools"],
  ["createLectern", [{ approve: true }], "createLectern: approve is true or false; it must be a function."],
  ["createLectern", [{ signal: new AbortController() }], "createLectern: signal is an object; it must be an AbortSignal."],
  ["createLectern", [{ log: console.log }], "createLectern: log is a function; it must be a log (see createLog)."],
  ["loadConfig", [], "loadConfig: the options are missing; they must be an object."],
  ["loadConfig", [{ cwd: "." }], "loadConfig: env is missing; it must be an object."],
  ["loadConfig", [{ env: {} }], "loadConfig: cwd is missing; it must be text."],
  ["loadConfig", [{ env: {}, cwd: ".", sources: "x" }], "loadConfig: sources is text; it must be a list of texts."],
  ["createLog", [], "createLog: the options are missing;"],
  ["createLog", [{}], "createLog: level is missing; it must be one of silent, error, warn, info, debug."],
  ["createLog", [{ level: "loud" }], "createLog: level is text; it must be one of"],
  ["createLog", [{ level: "info", destination: "stderr" }], "createLog: destination is text; it must be a stream"],
  ["validateAzureEnvironment", [null], "validateAzureEnvironment: env is null; it must be an object."],
  ["describeAzureConfig", [{}], "describeAzureConfig: config is an object; it must be a configuration made by loadConfig."],
] as const)("%s called with %j is a usage error that names the argument and the fix", async (name, args, message) => {
  const error: unknown = await (async () => Reflect.apply(exported[name], undefined, args))().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isLecternError(error)).toBe(true);
  expect(error).toMatchObject({ code: "usage", message: expect.stringContaining(message), fix: expect.stringMatching(/\w/) });
  expect(JSON.stringify(error)).not.toContain("sk-secret");
});

test.each([
  [[undefined], "ask: question is missing; it must be text."],
  [[5], "ask: question is a number; it must be text."],
  [["hi", { signals: 1 }], 'ask: there is no option "signals".'],
  [["hi", "now"], "ask: the options are text; they must be an object."],
  [["hi", { attachments: ["a"] }], "ask: attachments is a list; it must be a list of texts { name, text }."],
  [["hi", { conversation: {} }], "ask: conversation is an object; it must be a Conversation."],
])("ask called with %j is a usage error that names the argument", async (args, message) => {
  await using lectern = await createLectern({ config: await testConfig(), model: scripted(says("ok")) });
  const asked = Reflect.apply(lectern.ask, undefined, args) as AsyncGenerator;
  await expect(asked.next()).rejects.toMatchObject({ code: "usage", message, fix: expect.stringMatching(/\w/) });
});

test("an MCP server given in code is started without a further approval, and its tools run by the rules given with it", async () => {
  const command = { command: process.execPath, args: [resolve(import.meta.dirname, "../mcp/servers/stdio-server.mjs")] };
  await using lectern = await createLectern({
    config: await testConfig(),
    model: scripted(
      calls(
        { id: "1", name: "files__echo", arguments: JSON.stringify({ text: "from code" }) },
        { id: "2", name: "files__pid", arguments: "" },
      ),
      says("ok"),
    ),
    mcpServers: { files: { ...command, excludeTools: ["die"] } },
    allow: ["files/echo"],
  });
  expect(lectern.tools().map(({ server, tool }) => `${server}/${tool}`)).toEqual(["files/echo", "files/env", "files/pid"]);
  const events = await collect(lectern.ask("hello"));
  const decisions = events.flatMap((event) => (event.type === "approval" ? [event.decision] : []));
  expect(decisions).toEqual(["allowed", "denied"]);
  expect(events).toContainEqual(expect.objectContaining({ type: "tool_result", ok: true, text: "from code" }));
});

test("an assistant that was closed says so, by ask and by a chat of it", async () => {
  const lectern = await createLectern({ config: await testConfig({ sources: [`${data}/kb.json`] }) });
  const chat = lectern.chat();
  await lectern[Symbol.asyncDispose]();
  const closed = {
    code: "usage",
    message: expect.stringMatching(/^This Lectern is closed/),
    fix: expect.stringContaining("await using"),
  };
  await expect(lectern.ask("hello").next()).rejects.toMatchObject(closed);
  await expect(chat.ask("hello").next()).rejects.toMatchObject(closed);
});

test.each([
  [{ deployment: "gpt-4o" }, "--deployment", "default"],
  [{ endpoint: "https://r.openai.azure.com", deployment: "classic" }, "--endpoint", "classic"],
])("what was given for Azure and has no meaning on the emulator is told: %j", async (given, unused, answers) => {
  await using lectern = await createLectern({ emulator: true, env: {}, cwd: data, ...given });
  const events = await collect(lectern.ask("hello"));
  expect(events).toContainEqual({
    type: "notice",
    code: "emulator_unused",
    message: `Not used on the emulator: ${unused}. Its deployment "${answers}" answers.`,
  });
});

test("a deployment from the environment, which is there for Azure, brings no notice on the emulator", async () => {
  const env = { AZURE_OPENAI_DEPLOYMENT_NAME: "gpt-4o", AZURE_OPENAI_ENDPOINT: "https://r.openai.azure.com" };
  await using lectern = await createLectern({ emulator: true, env, cwd: data });
  const events = await collect(lectern.ask("hello"));
  expect(events.filter((event) => event.type === "notice")).toEqual([]);
});

import { expect, test } from "vitest";
import { requireAzure, validateAzureEnvironment } from "../../src/config/azure-environment.ts";
import { World } from "./world.ts";

const file = (content: unknown) => ({ "lectern.config.json": content });

test.each([
  ["a bad api-version by flag", {}, { flags: { "api-version": "2024" } }, "usage", /^--api-version is "2024"; it must be a date/],
  [
    "a bad api-version in the environment",
    {},
    { env: { AZURE_OPENAI_API_VERSION: "2024-10" } },
    "config",
    /^AZURE_OPENAI_API_VERSION is/,
  ],
  [
    "a bad api-version in .env",
    { ".env": "AZURE_OPENAI_API_VERSION=Mon Oct 21 2024\n" },
    {},
    "config",
    /^AZURE_OPENAI_API_VERSION \(\.env\) is/,
  ],
  [
    "a bad api-version in the project's file",
    file({ azure: { apiVersion: "1.0" } }),
    {},
    "config",
    /^lectern\.config\.json: azure\.apiVersion is "1\.0"/,
  ],
  [
    "a timeout that is no number",
    {},
    { env: { LECTERN_TIMEOUT: "soon" } },
    "config",
    /^LECTERN_TIMEOUT is "soon"; it must be a number of seconds/,
  ],
  ["a timeout of nothing", {}, { flags: { timeout: "0" } }, "usage", /^--timeout is "0"/],
  [
    "an API that does not exist",
    {},
    { flags: { api: "completions" } },
    "usage",
    /^--api is "completions"; it must be one of auto, responses, chat/,
  ],
  [
    "an endpoint with white space",
    { ".env": 'AZURE_OPENAI_ENDPOINT="https://a b"\n' },
    {},
    "config",
    /^AZURE_OPENAI_ENDPOINT \(\.env\) holds white space/,
  ],
  [
    "an emulator that is neither on nor off",
    {},
    { env: { LECTERN_EMULATOR: "maybe" } },
    "config",
    /^LECTERN_EMULATOR is "maybe"/,
  ],
  ["broken JSON", file('{\n  "azure": {,}\n}'), {}, "config", /lectern\.config\.json cannot be read as JSON: line 2, column 13/],
  ["a comment in lectern.config.json", file("// hi\n{}"), {}, "config", /comments are not JSON/],
  ["a list in place of settings", file([]), {}, "config", /lectern\.config\.json: the file is a list; it must be an object\./],
  [
    "a value of the wrong kind",
    file({ limits: { maxRounds: "many" } }),
    {},
    "config",
    /lectern\.config\.json: "limits\.maxRounds" is text; it must be a number\./,
  ],
  ["an API key in a file", file({ azure: { apiKey: "k-secret" } }), {}, "config", /holds an API key under "azure"/],
  ["an emulator in a file", file({ emulator: true }), {}, "config", /the emulator never runs because a file says so/],
  ["a file that does not exist", {}, { configFile: "nope.json" }, "config", /nope\.json does not exist/],
  [
    "a server with both command and url",
    file({ mcpServers: { a: { command: "a", url: "http://x" } } }),
    {},
    "config",
    /"mcpServers\.a" needs either `command`/,
  ],
  [
    "a relative state folder",
    {},
    { env: { LECTERN_STATE_DIR: "state" } },
    "config",
    /^LECTERN_STATE_DIR is "state"; it must be an absolute path/,
  ],
  ["a .env that is a folder", { ".env/x": "" }, {}, "config", /\.env cannot be read/],
] as const)("%s is an error that names where it stands, and what to do", async (_, files, options, code, message) => {
  using world = new World(files);
  const error = await world.failure(options);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.fix).toMatch(/\w/);
  expect(`${error.message} ${error.fix}`).not.toContain("k-secret");
});

test.each([
  [{ limits: { maxRounds: "12" } }, '"limits.maxRounds" is text; it must be a number.', "Write the number without quotes."],
  [{ limits: { maxRounds: 1.5 } }, '"limits.maxRounds" is 1.5; it must be a whole number.', "configuration.md"],
  [{ limits: { maxRounds: 0 } }, '"limits.maxRounds" is 0; it must be 1 or more.', "configuration.md"],
  [{ limits: { timeoutS: 1e9 } }, '"limits.timeoutS" is 1000000000; it must be 86400 or less.', "configuration.md"],
  [{ limits: { timeoutS: 0 } }, '"limits.timeoutS" is 0; it must be above 0.', "configuration.md"],
  [{ azure: { auth: "keys" } }, '"azure.auth" is "keys"; it must be one of auto, key, entra.', "configuration.md"],
  [{ azure: { auth: "sk-secret sk-secret sk-secret" } }, '"azure.auth" is text; it must be one of auto', "configuration.md"],
  [{ azure: null }, '"azure" is null; it must be an object.', "configuration.md"],
  [{ azure: { headers: { pin: 5678 } } }, '"azure.headers.pin" is a number; it must be text.', "configuration.md"],
  [{ azure: { headers: "k-secret" } }, '"azure.headers" is text; it must be an object.', "configuration.md"],
  [{ azure: { endpoint: "" } }, '"azure.endpoint" is empty; it must be text.', "configuration.md"],
  [{ azure: { backends: [{}] } }, '"azure.backends.0.endpoint" is missing; it must be text.', "configuration.md"],
  [{ sources: "./handbook" }, '"sources" is text; it must be a list.', "Put it into brackets, as a list of one."],
  [{ sources: [5] }, '"sources.0" is a number; it must be text or an object.', "configuration.md"],
  [{ sources: [{ path: 5 }] }, '"sources.0.path" is a number; it must be text.', "configuration.md"],
  [{ sources: [{ name: "a b", path: "x" }] }, '"sources.0.name" is text; it must be a name of letters, digits and _', "docs"],
  [{ mcpFiles: "true" }, '"mcpFiles" is text; it must be true or false.', "Write true or false without quotes."],
  [
    { mcpServers: { a: { command: "a", env: { X: [] } } } },
    '"mcpServers.a.env.X" is a list; it must be text or a number',
    "docs",
  ],
  [{ mcpServers: { "": { command: "a" } } }, '"mcpServers." is no usable name', "configuration.md"],
])("a value of the wrong kind is told by what stands there, what must, and where: %j", async (content, message, fix) => {
  using world = new World(file(content));
  const error = await world.failure();
  expect(error.message).toContain(`lectern.config.json: ${message}`);
  expect(error.fix).toContain(fix);
  expect(`${error.message} ${error.fix}`).not.toMatch(/secret|Invalid|expected|received/);
});

test.each([
  [{ azure: { endpont: "x" } }, "azure.endpont", "endpoint"],
  [{ sorces: [] }, "sorces", "sources"],
  [{ mcpservers: {} }, "mcpservers", "mcpServers"],
  [{ limits: { maxRound: 3 } }, "limits.maxRound", "maxRounds"],
  [{ log: { levle: "info" } }, "log.levle", "level"],
])("an unknown setting is named, with the one that was meant: %j", async (content, unknown, meant) => {
  using world = new World(file(content));
  expect(await world.failure()).toMatchObject({
    code: "config",
    message: expect.stringContaining(`unknown setting "${unknown}"`),
    fix: `Did you mean "${meant}"?`,
  });
});

test("an unknown setting that resembles none is pointed to the reference", async () => {
  using world = new World(file({ frobnicate: 1 }));
  expect((await world.failure()).fix).toContain("docs/reference/configuration.md");
});

test("terminal codes in the name of a setting are written out", async () => {
  using world = new World(file({ "a\u001b[2J": 1 }));
  expect((await world.failure()).message).toContain('"a\\u{1b}[2J"');
});

test("all missing settings for Azure are named at once, and what of .env was not used", async () => {
  using world = new World({ ".env": "LECTERN_EMULATOR=1\n" });
  const config = await world.load();
  expect(() => requireAzure(config)).toThrow(
    /AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME are not set.*LECTERN_EMULATOR: not used/,
  );
  expect(validateAzureEnvironment({ AZURE_OPENAI_ENDPOINT: "x" })).toEqual({
    ok: false,
    missing: ["AZURE_OPENAI_DEPLOYMENT_NAME"],
    message: "Not set: AZURE_OPENAI_DEPLOYMENT_NAME.",
  });
});

test.each([
  ["a flag", { flags: { emulator: true } }],
  ["a variable", { env: { LECTERN_EMULATOR: "1" } }],
])("the emulator is chosen by %s, and by nothing else", async (_, options) => {
  using world = new World();
  expect((await world.load(options)).emulator).toBe(true);
  expect((await world.load({ env: { LECTERN_EMULATOR: "0" } })).emulator).toBe(false);
});

test.each([
  ["no equals sign", "A=1\nsk-secret-9\nB=2\n", [2]],
  ["a colon in place of an equals sign", "AZURE_OPENAI_API_KEY: sk-secret-9\n", [1]],
  ["no name", "=sk-secret-9\n", [1]],
  ["a name with a blank", "MY KEY=sk-secret-9", [1]],
  ["export without a value", "export B\r\nA=1\r\n", [1]],
  ["an open quote, whose next lines are junk", 'A="sk-secret-9\nB=2\nmore\n', [1, 3]],
])("a line of .env that is no setting, %s, is told by its number and never by its content", async (_, text, lines) => {
  using world = new World({ ".env": text });
  const [notice, ...others] = (await world.load()).notices;
  expect(others).toEqual([]);
  expect(notice).toMatchObject({ code: "dotenv_lines", message: expect.stringMatching(`^\\.env, lines? ${lines.join(", ")}: `) });
  expect(notice!.message).not.toContain("secret");
});

test("a .env as people write it brings no notice: comments, blanks, export, quotes over lines, blanks around the sign", async () => {
  const text =
    "\uFEFF# a comment\n\nexport A=1\n  B = 2 # two\nC='x\n  y: z\nw'\nD=\nE=`a\nb` # b\nF=it's\nG=a='c\nH=1 # ='x\n  # I='end";
  using world = new World({ ".env": text });
  const { notices, env } = await world.load();
  expect(notices).toEqual([]);
  expect(env).toMatchObject({ A: "1", B: "2", C: "x\n  y: z\nw", D: "", E: "a\nb", F: "it's", G: "a='c", H: "1" });
});

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
  ["a list in place of settings", file([]), {}, "config", /lectern\.config\.json: the file: /],
  [
    "a value of the wrong kind",
    file({ limits: { maxRounds: "many" } }),
    {},
    "config",
    /lectern\.config\.json: "limits\.maxRounds": /,
  ],
  ["an API key in a file", file({ azure: { apiKey: "k-secret" } }), {}, "config", /holds an API key under "azure"/],
  ["an emulator in a file", file({ emulator: true }), {}, "config", /the emulator never runs because a file says so/],
  ["a file that does not exist", {}, { configFile: "nope.json" }, "config", /nope\.json does not exist/],
  [
    "a server with both command and url",
    file({ mcpServers: { a: { command: "a", url: "http://x" } } }),
    {},
    "config",
    /"mcpServers\.a": needs either `command`/,
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

import { join } from "node:path";
import { expect, test } from "vitest";
import { World } from "./world.ts";

const userFile = "~/.config/lectern/config.json";
const everywhere = {
  [userFile]: { azure: { deployment: "user" } },
  "lectern.config.json": { azure: { deployment: "project" } },
  ".env": "AZURE_OPENAI_DEPLOYMENT_NAME=dotenv\n",
};
const env = { AZURE_OPENAI_DEPLOYMENT_NAME: "env" };
const flags = { deployment: "flag" };

test.each([
  ["a flag over everything", everywhere, { env, flags }, "flag", "--deployment"],
  ["the environment over files", everywhere, { env }, "env", "AZURE_OPENAI_DEPLOYMENT_NAME"],
  [".env over the project's file", everywhere, {}, "dotenv", "AZURE_OPENAI_DEPLOYMENT_NAME (.env)"],
  ["the project's file over the user's", { ...everywhere, ".env": "" }, {}, "project", "lectern.config.json: azure.deployment"],
  ["the user's file over defaults", { [userFile]: everywhere[userFile] }, {}, "user", "config.json: azure.deployment"],
])("%s", async (_, files, options, value, origin) => {
  using world = new World(files);
  const config = await world.load(options);
  expect(config.azure.deployment).toBe(value);
  expect(config.origins.get("azure.deployment")!.name.endsWith(origin)).toBe(true);
});

test("what a value is stronger than is known, strongest last", async () => {
  using world = new World(everywhere);
  const config = await world.load({ env, flags });
  const kinds = config.overridden.get("azure.deployment")!.map((origin) => origin.kind);
  // A variable of .env does not count where the environment sets the same.
  expect(kinds).toEqual(["user_file", "project_file", "env"]);
});

test("a file named by --config is read in place of all files of the project and counts as typed", async () => {
  using world = new World({
    ...everywhere,
    ".env": "",
    "other.json": { azure: { deployment: "other" } },
    ".mcp.json": { mcpServers: { a: { command: "a" } } },
  });
  const config = await world.load({ configFile: "other.json" });
  expect(config.azure.deployment).toBe("other");
  expect(config.origins.get("azure.deployment")!.kind).toBe("flag");
  expect(config.servers).toEqual([]);
});

test.each([
  ["an environment variable that is set to nothing does not hide .env", { env: { AZURE_OPENAI_DEPLOYMENT_NAME: "" } }, "dotenv"],
  ["a flag that is not given does not count", { flags: { deployment: undefined } }, "dotenv"],
])("%s", async (_, options, value) => {
  using world = new World(everywhere);
  expect((await world.load(options)).azure.deployment).toBe(value);
});

test("without any file or variable the defaults hold, and there is neither emulator nor source nor server", async () => {
  using world = new World();
  expect(await world.load()).toMatchObject({
    azure: { api: "auto", auth: "auto" },
    emulator: false,
    sources: [],
    servers: [],
    answerPolicy: "sources_only",
    limits: { timeoutS: 120 },
    logLevel: "warn",
    notices: [],
    files: [],
  });
});

test("paths start from the file they stand in; typed ones from the current folder", async () => {
  using world = new World({
    "~/.config/lectern/config.json": { sources: ["notes"], azure: { caFile: "ca.pem" } },
    "sub/other.json": { sources: ["../pages", { name: "faq", path: "faq.json" }] },
  });
  const ofUser = await world.load();
  expect(ofUser.sources).toEqual([{ path: join(world.home, ".config/lectern/notes") }]);
  expect(ofUser.azure.caFile).toBe(join(world.home, ".config/lectern/ca.pem"));
  const given = await world.load({ configFile: "sub/other.json" });
  expect(given.sources).toEqual([
    { path: join(world.project, "pages") },
    { name: "faq", path: join(world.project, "sub/faq.json") },
  ]);
  const typed = await world.load({ sources: ["docs", "faq=./x.json"] });
  expect(typed.sources).toEqual([{ path: join(world.project, "docs") }, { name: "faq", path: join(world.project, "x.json") }]);
});

test("an equals sign in the name of a file that exists is no name of a source", async () => {
  using world = new World({ "a=b.md": "# A\n" });
  expect((await world.load({ sources: ["a=b.md"] })).sources).toEqual([{ path: join(world.project, "a=b.md") }]);
});

test("caches and state are where the real environment says, whatever .env says", async () => {
  using world = new World({ ".env": "LECTERN_CACHE_DIR=/x\nXDG_STATE_HOME=/x\n" });
  const config = await world.load({ env: { XDG_CACHE_HOME: "/y" } });
  expect([config.cacheDir, config.stateDir]).toEqual(["/y/lectern", join(world.home, ".local/state/lectern")]);
});

test("an identity in .env is taken as a whole or not at all", async () => {
  using world = new World({ ".env": "AZURE_CLIENT_ID=a\nAZURE_TENANT_ID=b\nAZURE_CLIENT_SECRET=c\n" });
  expect((await world.load()).env).toMatchObject({ AZURE_CLIENT_ID: "a", AZURE_TENANT_ID: "b", AZURE_CLIENT_SECRET: "c" });
  const mixed = await world.load({ env: { AZURE_CLIENT_SECRET: "mine" } });
  expect(mixed.env).not.toHaveProperty("AZURE_TENANT_ID");
  expect(mixed.notices.map((notice) => notice.code)).toEqual(["dotenv_identity"]);
});

test("a sovereign cloud's sign-in host may stand in .env, another one may not", async () => {
  using world = new World({ ".env": "AZURE_AUTHORITY_HOST=https://login.microsoftonline.us\n" });
  expect((await world.load()).env.AZURE_AUTHORITY_HOST).toBe("https://login.microsoftonline.us");
  world.write(".env", "AZURE_AUTHORITY_HOST=https://login.microsoftonline.us.attacker.example\n");
  expect((await world.load()).env.AZURE_AUTHORITY_HOST).toBeUndefined();
});

import { expect, test } from "vitest";
import { credentialFor } from "../../src/app/credential.ts";
import { World } from "../config/world.ts";

const key = { AZURE_OPENAI_API_KEY: "k" };
const own = { AZURE_OPENAI_ENDPOINT: "https://mine.openai.azure.com" };
const inConfig = (endpoint: string) => ({ "lectern.config.json": { azure: { endpoint } } });
const azure = "https://team.openai.azure.com";

const chosen = async (files: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) => {
  using world = new World(files);
  return credentialFor(await world.load({ env }));
};

test("the key is used when there is one, else an Azure identity", async () => {
  expect((await chosen({}, { ...own, ...key })).credential).toEqual({ type: "api_key", key: "k" });
  expect((await chosen({}, own)).credential).toEqual({ type: "entra" });
});

test("when both are configured the key is used, and that is said", async () => {
  const { credential, notices } = await chosen({}, { ...own, ...key, AZURE_CLIENT_ID: "c" });
  expect(credential.type).toBe("api_key");
  expect(notices).toMatchObject([{ code: "key_wins" }]);
});

test("an identity goes to an Azure host that the project names, without asking: a team's keyless setup works from a clone", async () => {
  expect((await chosen(inConfig(azure))).credential).toEqual({ type: "entra" });
  expect((await chosen({ ".env": `AZURE_OPENAI_ENDPOINT=${azure}\n` })).credential).toEqual({ type: "entra" });
  expect((await chosen(inConfig("team"))).credential).toEqual({ type: "entra" });
});

test("a key of the user's .env goes to an Azure host or this machine when lectern.config.json names it, and nowhere else", async () => {
  const files = (endpoint: string) => ({ ...inConfig(endpoint), ".env": "AZURE_OPENAI_API_KEY=k\n" });
  for (const endpoint of [azure, "team", "http://127.0.0.1:8787", "http://localhost:8787"])
    expect((await chosen(files(endpoint))).credential).toEqual({ type: "api_key", key: "k" });
  for (const endpoint of ["https://gw.example", "http://team.openai.azure.com", "https://127.0.0.1.attacker.example"])
    await expect(chosen(files(endpoint))).rejects.toThrow(/not sent where a project says/);
});

test("a host that the user vouches for gets a token over https only", async () => {
  const userFile = { "~/.config/lectern/config.json": { azure: { trustedHosts: ["gw.example"] } } };
  expect((await chosen(userFile, { AZURE_OPENAI_ENDPOINT: "https://gw.example/openai" })).credential).toEqual({ type: "entra" });
  await expect(chosen(userFile, { AZURE_OPENAI_ENDPOINT: "http://gw.example/openai" })).rejects.toThrow(/only sent over https/);
  await expect(chosen(userFile, { AZURE_OPENAI_ENDPOINT: "https://sub.gw.example" })).rejects.toThrow(
    /only sent to Azure's own hosts/,
  );
});

test("a key in clear text to the user's own endpoint is the user's choice, and is said", async () => {
  const { notices } = await chosen({}, { AZURE_OPENAI_ENDPOINT: "http://gw.internal", ...key });
  expect(notices).toMatchObject([
    { code: "clear_text", message: expect.stringContaining("AZURE_OPENAI_ENDPOINT begins with http://") },
  ]);
});

test("a service principal of .env is handed over by value", async () => {
  const { credential } = await chosen({ ".env": "AZURE_CLIENT_ID=a\nAZURE_TENANT_ID=b\nAZURE_CLIENT_SECRET=c\n" }, own);
  expect(credential).toEqual({ type: "entra", clientId: "a", tenantId: "b", clientSecret: "c" });
});

test("a scope of the user's own may be any, one of a project only a model service's", async () => {
  const scope = "api://gateway/.default";
  expect((await chosen({}, { ...own, AZURE_OPENAI_SCOPE: scope })).credential).toEqual({ type: "entra", scope });
  await expect(chosen({ ".env": `AZURE_OPENAI_SCOPE=${scope}\n` }, own)).rejects.toThrow(
    /something else than Azure's model services/,
  );
});

test("a credential given in code does not go where a project says either", async () => {
  using world = new World(inConfig("https://gw.example"));
  const config = await world.load();
  expect(() => credentialFor(config, { type: "api_key", key: "k" })).toThrow(/not sent where a project says/);
  expect(() => credentialFor(config, { type: "token", getToken: async () => "t" })).toThrow(/not sent where a project says/);
});

test.each([
  ["no URL", "https://", /is no URL/],
  ["another scheme", "ftp://x.example", /begins with ftp/],
])("an endpoint that is %s is an error that names where it stands", async (_, endpoint, message) => {
  const failed = chosen(inConfig(endpoint), key);
  await expect(failed).rejects.toMatchObject({
    code: "config",
    message: expect.stringMatching(/^lectern\.config\.json: azure\.endpoint: /),
  });
  await expect(failed).rejects.toThrow(message);
});

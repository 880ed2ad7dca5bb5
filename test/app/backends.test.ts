import { join } from "node:path";
import { expect, test } from "vitest";
import { openModel } from "../../src/app/model.ts";
import { sharedRetryBudget } from "../../src/azure/retry.ts";
import type { Config } from "../../src/config/config.ts";
import { parseFault } from "../../src/emulator/faults/catalogue.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { testConfig } from "../support/config.ts";
import { collect } from "../support/fakes.ts";

const config = async (azure: Partial<Config["azure"]>, env: Readonly<Record<string, string>> = {}): Promise<Config> => {
  const base = await testConfig({ env });
  return { ...base, emulator: false, azure: { ...base.azure, ...azure } };
};
/** The discard port: refused at once on loopback. */
const nobodyListens = "http://127.0.0.1:9";
const question = { messages: [{ role: "user", content: "hello" }], tools: [] } as const;

test("where the first backend fails, the next one of the configuration answers, with its own key", async () => {
  await using up = await startEmulator({ key: "k2-abcdefghijklmnop" });
  const backends = [{ endpoint: up.url, deployment: "classic", keyEnv: "SECOND_KEY" }];
  await using opened = await openModel(
    await config(
      { endpoint: nobodyListens, deployment: "default", apiKey: "k1-abcdefghijklmnop", backends },
      { SECOND_KEY: up.key },
    ),
    {},
  );
  const events = await collect(opened.model.stream(question));
  expect(events.at(-1)).toMatchObject({ type: "finish" });
  expect(events).toContainEqual(expect.objectContaining({ type: "notice", code: "failover" }));
  expect(up.requests.length).toBeGreaterThan(0);
});

test("a key variable that is not set is a config error that names it", async () => {
  const backends = [{ endpoint: "https://b.openai.azure.com", keyEnv: "SECOND_KEY" }];
  await expect(
    openModel(await config({ endpoint: "https://a.openai.azure.com", deployment: "d", apiKey: "k", backends }), {}),
  ).rejects.toMatchObject({ code: "config", message: expect.stringContaining("SECOND_KEY") });
});

test("a project's file does not get a key of the user's by naming its variable", async () => {
  const base = await testConfig({ env: { MY_KEY: "secret" } });
  const azure = {
    ...base.azure,
    endpoint: "https://a.openai.azure.com",
    deployment: "d",
    apiKey: "k",
    backends: [{ endpoint: "https://evil.example", keyEnv: "MY_KEY" }],
  };
  const origins = new Map([
    ...base.origins,
    ["azure.backends", { kind: "project_file", name: "lectern.config.json: azure.backends" }] as const,
  ]);
  await expect(openModel({ ...base, emulator: false, azure, origins }, {})).rejects.toMatchObject({ code: "config" });
});

test("a pinned backend is the only one asked, by its name, host or deployment, and a pin that means none is a config error", async () => {
  await using up = await startEmulator({ key: "k1-abcdefghijklmnop" });
  const backends = [{ name: "spare", endpoint: up.url, deployment: "classic" }];
  for (const pin of ["spare", new URL(up.url).host, "classic"]) {
    const azure = { endpoint: nobodyListens, deployment: "default", apiKey: up.key, backends, pin };
    await using opened = await openModel(await config(azure), {});
    expect(await collect(opened.model.stream(question))).not.toContainEqual(expect.objectContaining({ code: "failover" }));
    expect(opened.model.describe()).toMatchObject({ deployment: "classic" });
  }
  const azure = { endpoint: nobodyListens, deployment: "default", apiKey: up.key, backends, pin: "spar" };
  await expect(openModel(await config(azure), {})).rejects.toMatchObject({
    code: "config",
    fix: "Pin one of these by its name, host or deployment: default on 127.0.0.1:9, spare.",
  });
});

test("failover to another residency needs allowResidencyChange, which a project may not say", async () => {
  await using up = await startEmulator({ key: "k1-abcdefghijklmnop" });
  const backends = [{ endpoint: up.url, deployment: "classic", residency: "us" }];
  const azure = { endpoint: nobodyListens, deployment: "default", apiKey: up.key, backends, residency: "eu" };
  await using free = await openModel(await config({ ...azure, allowResidencyChange: true }), {});
  expect(await collect(free.model.stream(question))).toContainEqual(expect.objectContaining({ code: "failover" }));
  const base = await config({ ...azure, allowResidencyChange: true });
  const origin = { kind: "project_file", name: "lectern.config.json: azure.allowResidencyChange" } as const;
  const origins = new Map([...base.origins, ["azure.allowResidencyChange", origin] as const]);
  await expect(openModel({ ...base, origins }, {})).rejects.toMatchObject({ code: "config" });
});

test("a certificate file that holds no certificate in PEM form is a config error with the command that converts it", async () => {
  const azure = {
    endpoint: "https://a.openai.azure.com",
    deployment: "d",
    apiKey: "k",
    caFile: join(process.cwd(), "package.json"),
  };
  await expect(openModel(await config(azure), {})).rejects.toMatchObject({
    code: "config",
    fix: expect.stringContaining("openssl x509 -inform der"),
  });
});

test("OPENAI_* variables that contradict what is in force are named in a notice, without their values", async () => {
  const azure = { endpoint: "https://a.openai.azure.com", deployment: "d", apiKey: "k1" };
  const noticed = async (env: Readonly<Record<string, string>>, more: Partial<Config["azure"]> = {}) => {
    await using opened = await openModel(await config({ ...azure, ...more }, env), {});
    return opened.notices.filter(({ code }) => code === "openai_variable_ignored").map(({ message }) => message);
  };
  expect(await noticed({ OPENAI_API_KEY: "sk-1", OPENAI_ORG_ID: "org-1" })).toEqual([]);
  expect(await noticed({ OPENAI_BASE_URL: "https://elsewhere.example/v1?key=sk-1", OPENAI_API_VERSION: "2024-10-21" })).toEqual([
    "OPENAI_BASE_URL is set and Lectern does not read it: the endpoint in use is https://a.openai.azure.com.",
    "OPENAI_API_VERSION is set and Lectern does not read it: the api-version in use is v1.",
  ]);
  expect(await noticed({ OPENAI_API_KEY: "sk-1" }, { auth: "entra" })).toEqual([]);
});

test("models of one process share the retries for an endpoint, so that an outage is not multiplied by them", async () => {
  await using up = await startEmulator({ key: "k1-abcdefghijklmnop", config: { faults: [{ fault: parseFault("503") }] } });
  const azure = { endpoint: up.url, deployment: "default", apiKey: up.key };
  const ask = async (): Promise<number> => {
    await using opened = await openModel(await config(azure), {});
    await collect(opened.model.stream(question)).catch(() => undefined);
    return opened.model.describe().requests;
  };
  const budget = sharedRetryBudget(up.url);
  while (budget.take());
  expect(await ask()).toBe(1);
  budget.refund(0.5);
  expect(await ask()).toBe(2);
});

import { expect, test } from "vitest";
import { openModel } from "../../src/app/model.ts";
import type { Config } from "../../src/config/config.ts";
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

import { expect, test } from "vitest";
import { parseEmulatorConfig } from "../../src/emulator/index.ts";
import { makeAuthority } from "./certificates.ts";
import { writeFile } from "./folder.ts";
import { blamed, emulated, examine, network, passesOn, proxies, serves } from "./harness.ts";

test("a healthy setup gives neither a failure nor a warning", async () => {
  await using healthy = await emulated();
  const reports = await examine({ env: healthy.env, sources: [`${process.cwd()}/data`] });
  expect(blamed(reports)).toEqual([]);
  expect(reports.filter((report) => report.status !== "ok")).toEqual([]);
  expect(reports.map((report) => report.id)).toEqual([
    "configuration",
    "environment",
    "endpoint",
    "dns",
    "connection",
    "credential",
    "deployment",
    "tools",
    "stream",
    "limits",
    "model",
    "knowledge",
  ]);
});

test.each(["responses-only", "chat-only", "classic"])(
  "deployment %s is healthy: the API is Lectern's to choose",
  async (name) => {
    await using healthy = await emulated({}, name);
    expect(blamed(await examine({ env: healthy.env }))).toEqual([]);
  },
);

test("the classic URLs with a dated api-version are healthy", async () => {
  await using healthy = await emulated({}, "classic");
  const reports = await examine({ env: { ...healthy.env, AZURE_OPENAI_API_VERSION: "2025-04-01-preview" } });
  expect(blamed(reports)).toEqual([]);
  expect(reports.find((report) => report.id === "endpoint")!.cause).toContain("api-version 2025-04-01-preview");
});

test("a pasted request address is healthy, and the report says what is used in its place", async () => {
  await using healthy = await emulated();
  const { url } = healthy.emulator;
  const reports = await examine({ env: { ...healthy.env, AZURE_OPENAI_ENDPOINT: `${url}/openai/v1/chat/completions` } });
  expect(blamed(reports)).toEqual([]);
  expect(reports.find((report) => report.id === "endpoint")!.cause).toMatch(/You gave .*chat\/completions; http.* is used/);
});

test("a stream that takes its time is not taken for a buffered one", async () => {
  await using healthy = await emulated({ config: { faults: [{ fault: { kind: "slow", amount: 22 }, at: [2] }] } });
  expect(blamed(await examine({ env: healthy.env }))).toEqual([]);
});

test("a model that thinks for long before its first word is not blamed", async () => {
  await using healthy = await emulated({ config: { faults: [{ fault: { kind: "stall", amount: 300 }, at: [2] }] } });
  const reports = await examine({ env: healthy.env, limits: { answerMs: 300 } });
  expect(blamed(reports)).toEqual([]);
  expect(reports.find((report) => report.id === "stream")!.cause).toContain("the model not done yet");
});

const host = "contoso.openai.azure.com";
const authority = makeAuthority("Contoso Test Authority");

/** An Azure resource behind TLS, whose tools question goes to the emulator directly. */
async function resource(stack: AsyncDisposableStack) {
  const { emulator, env } = stack.use(await emulated());
  const front = stack.use(
    await serves(
      passesOn(emulator.url, (answer) => answer),
      authority.issue({ names: [host] }),
    ),
  );
  const openModel = async () => {
    const { createAzureModel } = await import("../../src/azure/model.ts");
    const credential = { type: "api_key", key: emulator.key } as const;
    const model = createAzureModel({ endpoint: emulator.url, deployment: "default", credential });
    return { model, notices: [], async [Symbol.asyncDispose]() {} };
  };
  const trusted = { LECTERN_CA_FILE: writeFile("root.pem", authority.cert) };
  return { env: { ...env, AZURE_OPENAI_ENDPOINT: `https://${host}`, ...trusted }, port: front.port, openModel };
}

test("a private endpoint that resolves to its private address is healthy", async () => {
  await using stack = new AsyncDisposableStack();
  const { env, port, openModel } = await resource(stack);
  const place = { addresses: ["10.20.0.4"], aliases: ["contoso.privatelink.openai.azure.com"], port };
  const reports = await examine({ env, world: (world) => ({ ...network({ [host]: place })(world), openModel }) });
  expect(blamed(reports)).toEqual([]);
  expect(reports.find((report) => report.id === "dns")!.cause).toContain("10.20.0.4 (private)");
  expect(reports.find((report) => report.id === "connection")!.cause).toContain("certificate by Contoso Test Authority");
});

test("a proxy that lets the endpoint through is healthy, and needs no name service", async () => {
  await using stack = new AsyncDisposableStack();
  const { env, port, openModel } = await resource(stack);
  const proxy = stack.use(await proxies({ onward: { [`${host}:443`]: port } }));
  const reports = await examine({
    env: { ...env, HTTPS_PROXY: proxy.url },
    world: (world) => ({ ...network({})(world), openModel }),
  });
  expect(blamed(reports)).toEqual([]);
  expect(reports.find((report) => report.id === "connection")!.cause).toContain("(HTTPS_PROXY)");
});

test("a gateway behind a proxy for plain http is healthy", async () => {
  await using stack = new AsyncDisposableStack();
  const { emulator, env } = stack.use(await emulated());
  const onward = passesOn(emulator.url, (answer) => answer);
  const asked: string[] = [];
  const proxy = stack.use(
    await serves((request, response, body) => {
      asked.push(request.url!);
      request.url = new URL(request.url!).pathname;
      onward(request, response, body);
    }),
  );
  const reports = await examine({ env: { ...env, HTTP_PROXY: proxy.url } });
  expect(blamed(reports)).toEqual([]);
  expect(new Set(asked)).toEqual(new Set([`${emulator.url}/openai/v1/responses`]));
});

test.each([
  ["new", "600 requests a minute"],
  ["classic", "100 requests in 10 s"],
] as const)("the limits of the front end %s are told by the period that they are counted in", async (throttling, told) => {
  const config = parseEmulatorConfig({ deployments: { own: { throttling, tokensPerMinute: 60_000, requestsPerMinute: 600 } } });
  await using healthy = await emulated({ config }, "own");
  const reports = await examine({ env: healthy.env });
  expect(reports.find((report) => report.id === "limits")!.cause).toBe(`60,000 tokens a minute, ${told}.`);
});

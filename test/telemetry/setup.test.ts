import { trace } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import { observe, telemetryTarget } from "../../src/telemetry/setup.ts";
import { collect, says, scripted, toolboxOf } from "../support/fakes.ts";
import { memoryTelemetry } from "./memory.ts";

const parts = { model: scripted(says("hello")), toolbox: toolboxOf({}) };
const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
const missing = (name: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" }));

afterEach(() => trace.disable());

test("without any setting nothing is loaded and the parts are handed back as they are", async () => {
  const loaded: string[] = [];
  const observed = await observe(parts, { env: {}, load: async (name) => loaded.push(name) });
  expect(observed.model).toBe(parts.model);
  expect(observed.toolbox).toBe(parts.toolbox);
  const events = (async function* () {})();
  expect(observed.turn(events, { question: "?" })).toBe(events);
  expect(loaded).toEqual([]);
});

test("OTEL_EXPORTER_OTLP_ENDPOINT starts the SDK, and disposing shuts it down", async () => {
  const seen: string[] = [];
  class NodeSDK {
    constructor(options: { serviceName?: string }) {
      seen.push(`made for ${options.serviceName}`);
    }
    start(): void {
      seen.push("started");
    }
    async shutdown(): Promise<void> {
      seen.push("shut down");
    }
  }
  const observed = await observe(parts, { env: otlp, load: async () => ({ NodeSDK }) });
  expect(observed.model).not.toBe(parts.model);
  await observed[Symbol.asyncDispose]();
  expect(seen).toEqual(["made for lectern", "started", "shut down"]);
});

test("an exporter that is asked for and not installed is a config error with the install line", async () => {
  await expect(observe(parts, { env: otlp, load: missing })).rejects.toMatchObject({
    code: "config",
    message: "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the package @opentelemetry/sdk-node is not installed.",
    fix: expect.stringContaining("npm install @opentelemetry/sdk-node"),
  });
  const azure = { LECTERN_TELEMETRY: "azure", APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=0" };
  await expect(observe(parts, { env: azure, load: missing })).rejects.toMatchObject({
    code: "config",
    fix: expect.stringContaining("npm install @azure/monitor-opentelemetry"),
  });
});

test("a connection string that the platform set is no reason to fail where the package is not installed", async () => {
  const observed = await observe(parts, {
    env: { APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=0" },
    load: missing,
  });
  expect(observed.model).toBe(parts.model);
});

test("Azure Monitor gets the connection string", async () => {
  const given: object[] = [];
  const load = async () => ({ useAzureMonitor: (options: object) => given.push(options), shutdownAzureMonitor: async () => {} });
  const env = { APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=0" };
  await using _observed = await observe(parts, { env, load });
  expect(given).toEqual([{ azureMonitorExporterOptions: { connectionString: "InstrumentationKey=0" } }]);
});

test("an application that has set up OpenTelemetry itself gets the spans, and nothing is started", async () => {
  const memory = memoryTelemetry();
  trace.setGlobalTracerProvider({ getTracer: () => memory.tracer });
  await using observed = await observe(parts, { env: {}, load: missing, endpoint: "https://contoso.openai.azure.com/openai" });
  await collect(observed.model.stream({ messages: [], tools: [] }));
  expect(memory.spans.map(({ name, attributes }) => [name, attributes["server.address"], attributes["server.port"]])).toEqual([
    ["chat scripted", "contoso.openai.azure.com", 443],
  ]);
});

test.each([
  [{}, undefined],
  [otlp, "otlp"],
  [{ ...otlp, LECTERN_TELEMETRY: "off" }, undefined],
  [{ ...otlp, OTEL_SDK_DISABLED: "true" }, undefined],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }, "otlp"],
  [{ LECTERN_TELEMETRY: "azure" }, "azure"],
  [{ APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=0" }, "azure"],
])("the variables %o mean %s", (env, target) => {
  expect(telemetryTarget(env)).toBe(target);
});

test("a LECTERN_TELEMETRY that means nothing is a config error", () => {
  expect(() => telemetryTarget({ LECTERN_TELEMETRY: "maybe" })).toThrow(/auto, otlp, azure or off/);
});

test("a collector that does not answer does not keep the process", async () => {
  class NodeSDK {
    start(): void {}
    shutdown(): Promise<void> {
      return Promise.reject(new Error("no collector"));
    }
  }
  const observed = await observe(parts, { env: otlp, load: async () => ({ NodeSDK }) });
  await expect(observed[Symbol.asyncDispose]()).resolves.toBeUndefined();
});

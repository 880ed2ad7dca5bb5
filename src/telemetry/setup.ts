import { LecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import { secretsIn } from "../core/known-secrets.ts";
import type { Model } from "../core/model.ts";
import type { Toolbox } from "../core/tools.ts";

/** Where spans and metrics go. */
export type TelemetryTarget =
  /** The program that uses Lectern as a library has set up OpenTelemetry itself. */
  | "application"
  /** An OpenTelemetry collector: OTEL_EXPORTER_OTLP_ENDPOINT and the other OTEL_* variables. */
  | "otlp"
  /** Azure Monitor (Application Insights): APPLICATIONINSIGHTS_CONNECTION_STRING. */
  | "azure";

export interface TelemetryOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Questions, answers, tool arguments and results in spans. Default: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, else false. */
  readonly content?: boolean;
  /** Where the model is, for the spans: any URL of it. */
  readonly endpoint?: string;
  /** Loads an optional package; for tests. */
  readonly load?: (name: string) => Promise<unknown>;
}

/** The parts of a connected assistant, watched or as they are. */
export interface Observed extends AsyncDisposable {
  readonly model: Model;
  readonly toolbox: Toolbox;
  /** Passes a turn's events through. */
  turn(
    events: AsyncGenerator<RunEvent>,
    about: { readonly question: string; readonly conversationId?: string },
  ): AsyncGenerator<RunEvent>;
}

/**
 * Watches turns, model calls and tool calls with OpenTelemetry where that is set up, and hands the parts back as they are where it is not:
 * then nothing is loaded and nothing costs. Dispose of it before the process ends, so that what was gathered is sent.
 * Throws `config` where an exporter is asked for and its package is not installed.
 */
export async function observe(
  parts: { readonly model: Model; readonly toolbox: Toolbox },
  options: TelemetryOptions,
): Promise<Observed> {
  const { env, endpoint } = options;
  const target = telemetryTarget(env);
  const stop = target === undefined ? undefined : await start(target, options);
  if (stop === undefined) return { ...parts, turn: (events) => events, async [Symbol.asyncDispose]() {} };
  const [otel, { Observer }] = await Promise.all([import("@opentelemetry/api"), import("./spans.ts")]);
  const content = options.content ?? truth(env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT);
  const observer = new Observer(otel, { content, secrets: secretsIn(env), ...serverOf(endpoint) });
  return {
    model: observer.model(parts.model),
    toolbox: observer.toolbox(parts.toolbox),
    turn: (events, about) => observer.turn(events, about),
    [Symbol.asyncDispose]: stop,
  };
}

/** Whether and where to telemetry goes, by the variables; undefined for off. Throws `config` for a LECTERN_TELEMETRY that says neither. */
export function telemetryTarget(env: TelemetryOptions["env"]): TelemetryTarget | undefined {
  const wanted = env.LECTERN_TELEMETRY?.trim().toLowerCase() || "auto";
  if (wanted === "off" || truth(env.OTEL_SDK_DISABLED)) return undefined;
  if (wanted === "otlp" || wanted === "azure") return wanted;
  if (wanted !== "auto") {
    throw new LecternError("config", `LECTERN_TELEMETRY is "${env.LECTERN_TELEMETRY}"; it must be auto, otlp, azure or off.`, {
      fix: "Correct or unset LECTERN_TELEMETRY.",
    });
  }
  if (isSetUpByApplication()) return "application";
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT)
    return "otlp";
  return env.APPLICATIONINSIGHTS_CONNECTION_STRING ? "azure" : undefined;
}

const truth = (value: string | undefined): boolean => /^(1|true|yes|on)$/i.test(value?.trim() ?? "");

/** The API keeps its registrations in one place for all its copies; looking there loads nothing. */
function isSetUpByApplication(): boolean {
  const registered: unknown = Reflect.get(globalThis, Symbol.for("opentelemetry.js.api.1"));
  return typeof registered === "object" && registered !== null && ("trace" in registered || "metrics" in registered);
}

function serverOf(endpoint: string | undefined): { readonly server?: { readonly address: string; readonly port: number } } {
  if (endpoint === undefined || !URL.canParse(endpoint)) return {};
  const { hostname, port, protocol } = new URL(endpoint);
  return hostname === "" ? {} : { server: { address: hostname, port: Number(port || (protocol === "http:" ? 80 : 443)) } };
}

type Stop = () => Promise<void>;

/** Starts what sends the spans; gives what flushes and ends it. Undefined where it is only the platform that asks and nothing is installed. */
async function start(target: TelemetryTarget, options: TelemetryOptions): Promise<Stop | undefined> {
  const load = options.load ?? ((name: string): Promise<unknown> => import(name));
  if (target === "application") return async () => {};
  if (target === "otlp") return startOtlp(options, load);
  return startAzureMonitor(options, load);
}

const sdkPackage = "@opentelemetry/sdk-node";
const azurePackage = "@azure/monitor-opentelemetry";

interface NodeSdk {
  readonly NodeSDK: new (options: {
    readonly serviceName?: string;
    readonly instrumentations: readonly never[];
  }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
}

async function startOtlp({ env }: TelemetryOptions, load: (name: string) => Promise<unknown>): Promise<Stop> {
  const { NodeSDK } = (await required(sdkPackage, load, "OTEL_EXPORTER_OTLP_ENDPOINT is set")) as NodeSdk;
  // Everything else (headers, protocol, sampling, metrics) is read from the OTEL_* variables by the SDK itself.
  const sdk = new NodeSDK({ ...(env.OTEL_SERVICE_NAME ? {} : { serviceName: "lectern" }), instrumentations: [] });
  sdk.start();
  return () => patiently(sdk.shutdown());
}

interface AzureMonitor {
  useAzureMonitor(options: object): void;
  shutdownAzureMonitor(): Promise<void>;
}

/** App Service sets the connection string by itself, so without LECTERN_TELEMETRY=azure a missing package is no error. */
async function startAzureMonitor({ env }: TelemetryOptions, load: (name: string) => Promise<unknown>): Promise<Stop | undefined> {
  const connectionString = env.APPLICATIONINSIGHTS_CONNECTION_STRING;
  const isWanted = env.LECTERN_TELEMETRY?.trim().toLowerCase() === "azure";
  if (!connectionString) {
    throw new LecternError("config", "LECTERN_TELEMETRY is azure, but APPLICATIONINSIGHTS_CONNECTION_STRING is not set.", {
      fix: "Copy it from the Application Insights resource: az monitor app-insights component show --query connectionString.",
    });
  }
  const loaded = await required(azurePackage, load, "LECTERN_TELEMETRY is azure").catch((error: unknown) => {
    if (isWanted) throw error;
    return undefined;
  });
  if (loaded === undefined) return undefined;
  const { useAzureMonitor, shutdownAzureMonitor } = loaded as AzureMonitor;
  useAzureMonitor({ azureMonitorExporterOptions: { connectionString } });
  return () => patiently(shutdownAzureMonitor());
}

async function required(name: string, load: (name: string) => Promise<unknown>, because: string): Promise<unknown> {
  try {
    return await load(name);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new LecternError("config", `${because}, but the package ${name} is not installed.`, {
      fix: `npm install ${name}; or switch telemetry off: LECTERN_TELEMETRY=off.`,
      cause: error,
    });
  }
}

/** A collector that is not there must not keep a command from ending, in milliseconds. */
const patienceMs = 3_000;

async function patiently(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  // What could not be sent is lost; the answer was given.
  await Promise.race([work.catch(() => {}), enough]);
  clearTimeout(timer);
}

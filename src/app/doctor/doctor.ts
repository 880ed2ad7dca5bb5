import type { Config } from "../../config/config.ts";
import type { ErrorCode } from "../../core/errors.ts";
import { isLecternError } from "../../core/errors.ts";
import { secretsIn } from "../../core/known-secrets.ts";
import { createRedactor, redactText } from "../../telemetry/redact.ts";
import { caOf } from "./ca-file.ts";
import type { CheckReport, Context } from "./check.ts";
import { found } from "./checks/configuration.ts";
import { checksFor } from "./checks/index.ts";
import { trusting } from "./dial.ts";
import { openServers } from "./open-servers.ts";
import { runChecks } from "./run.ts";
import { systemWorld, type World } from "./world.ts";

export type { CheckReport } from "./check.ts";

export interface DiagnoseOptions {
  /** Reads the configuration; what it throws as `config` becomes the first line of the report. */
  readonly load: () => Promise<Config>;
  readonly signal: AbortSignal;
  /** For tests; default the world as it is. */
  readonly world?: (config: Config) => World;
}

/**
 * Examines a configuration and everything it leads to, and yields one report per check in a fixed order, within 20 s. Sends two tiny
 * questions and one tool call to the deployment, and starts the approved MCP servers for the time of the run. Throws `usage` for bad flags,
 * and the signal's reason.
 */
export async function* diagnose({ load, signal, world }: DiagnoseOptions): AsyncGenerator<CheckReport> {
  const begin = performance.now();
  const loaded = await load().catch((error: unknown) => {
    if (isLecternError(error) && error.code === "config") return error;
    throw error;
  });
  if (isLecternError(loaded)) {
    yield unreadable(loaded, Math.round(performance.now() - begin));
    return;
  }
  await using emulated = await emulate(loaded);
  const { config } = emulated;
  const outside = world?.(config) ?? systemWorld(config.env);
  await using servers = openServers(config, outside, signal);
  const redactor = createRedactor(secretsOf(config));
  const context: Context = {
    config,
    world: outside,
    facts: {},
    redact: (text) => redactor.text(text),
    trust: trusting(caOf(config)),
    servers,
    signal,
  };
  yield* runChecks(checksFor(config), context);
}

/** Every secret that the configuration holds: reports must not repeat one, whoever said it. */
function secretsOf({ env, azure, servers }: Config): readonly string[] {
  const headers = [azure.headers ?? {}, ...servers.flatMap((server) => [server.headers, server.env])];
  return [
    ...secretsIn(env),
    ...(azure.apiKey === undefined ? [] : [azure.apiKey.trim()]),
    ...headers.flatMap((values) =>
      secretsIn(Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}_KEY`, value]))),
    ),
  ];
}

function unreadable(error: Error & { readonly fix: string | undefined }, ms: number): CheckReport {
  const finding = found("settings-invalid", { cause: redactText(error.message), fix: error.fix ?? "Correct the value." });
  return {
    id: "configuration",
    status: "fail",
    cause: `${finding.cause} [${finding.id}]`,
    fix: finding.fix,
    ms,
    findings: [finding],
  };
}

/** With the emulator asked for, the same checks run against one of our own, started for the run. */
async function emulate(config: Config): Promise<AsyncDisposable & { readonly config: Config }> {
  if (!config.emulator) return { config, async [Symbol.asyncDispose]() {} };
  const { startEmulator } = await import("../../emulator/index.ts");
  const emulator = await startEmulator();
  const deployment = config.azure.api === "chat" ? "classic" : "default";
  const azure = { api: config.azure.api, auth: "key", endpoint: emulator.url, deployment, apiKey: emulator.key } as const;
  // Still marked as emulated, so that nothing is said about variables that are not in use; and loopback needs no proxy.
  const env = { ...config.env, http_proxy: undefined, HTTP_PROXY: undefined };
  return { config: { ...config, azure, env, origins: new Map() }, [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose]() };
}

/** The error code of the worst report; undefined where nothing failed. Settings and sign-in come before the network: they are ours to mend. */
export function worstCode(reports: readonly CheckReport[]): ErrorCode | undefined {
  const order: readonly ErrorCode[] = ["internal", "config", "auth", "network", "service", "bad_request", "rate_limited"];
  const codes = reports.flatMap(({ findings }) =>
    findings.filter((finding) => finding.status === "fail").map((finding) => finding.code),
  );
  return order.find((code) => codes.includes(code)) ?? codes[0];
}

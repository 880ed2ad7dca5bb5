import type { Lectern } from "../app/lectern.ts";
import type { LecternOptions } from "../app/options.ts";
import { secretsIn } from "../app/secrets.ts";
import { requireAzure } from "../config/azure-environment.ts";
import type { Config } from "../config/config.ts";
import type { Args, Io, Option } from "./command.ts";
import { azureOptions, configFor, configOption } from "./configuration.ts";

/** Flags of every command that talks to a model. */
export const sessionOptions: readonly Option[] = [
  { name: "source", type: "string", value: "[NAME=]PATH", multiple: true, summary: "A file or folder of knowledge." },
  { name: "emulator", type: "boolean", summary: "Run on the embedded Azure OpenAI emulator: no account, no network." },
  ...azureOptions,
  { name: "no-tools", type: "boolean", summary: "Ask the model alone." },
  { name: "timeout", type: "string", value: "S", summary: "Seconds for the whole turn; default 120." },
  { name: "idle-timeout", type: "string", value: "S", summary: "Seconds the model may stay silent; default 90." },
  configOption,
  { name: "quiet", type: "boolean", summary: "The answer only: no progress on stderr." },
  { name: "no-input", type: "boolean", summary: "Never ask back; what would be asked is refused." },
  { name: "approve-all", type: "boolean", summary: "Run every tool the model calls without asking. Only for servers you trust." },
  { name: "as-group", type: "string", value: "G", multiple: true, summary: "Read documents restricted to this group." },
];

/** The configuration in force for a command, checked for the model's side: nothing has been started yet. */
export async function sessionConfig(args: Args, io: Io, overrides: { readonly emulator?: boolean } = {}): Promise<Config> {
  const config = await configFor(args, io, { flags: { ...args.values, ...overrides } });
  io.learnSecrets?.(config.env);
  requireAzure(config);
  return config;
}

/** Connects. The knowledge server's process is started before the heavy modules are loaded, so that both happen at once. */
export async function openSession(config: Config, args: Args, io: Io, options: Partial<LecternOptions> = {}): Promise<Lectern> {
  const noTools = args.flag("no-tools");
  const groups = args.strings("as-group");
  const { spawnKnowledge } = await import("../app/knowledge-process.ts");
  const adopt = noTools ? undefined : spawnKnowledge(config, { env: io.env, groups });
  try {
    const [{ createLectern }, log] = await Promise.all([import("../app/lectern.ts"), openLog(config, io)]);
    const approveAll = args.flag("approve-all");
    if (approveAll && !args.flag("quiet")) io.stderr.write("! --approve-all: every tool the model calls runs without asking\n");
    return await createLectern({
      config,
      noTools,
      groups,
      approveAll,
      log,
      env: io.env,
      cwd: io.cwd,
      signal: io.signal,
      ...(adopt ? { adopt } : {}),
      ...options,
    });
  } catch (error) {
    await Promise.all(Object.values(adopt ?? {}).map((server) => server.end()));
    throw error;
  }
}

async function openLog(config: Config, io: Io) {
  const { createLog, silentLog } = await import("../app/log.ts");
  // The default level prints nothing in a healthy run, and pino takes 20 ms to load: warnings reach people as notices already.
  return config.logLevel === "warn" || config.logLevel === "silent"
    ? silentLog
    : createLog({ level: config.logLevel, destination: io.stderr, secrets: secretsIn(config.env) });
}

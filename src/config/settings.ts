import { LecternError } from "../core/errors.ts";

/** Where a value came from, most trusted first: what the user typed or exported, the user's own files, files of the project at hand. */
export type OriginKind = "flag" | "env" | "user_file" | "dotenv" | "project_file" | "default";
export interface Origin {
  readonly kind: OriginKind;
  /** `--endpoint`, `AZURE_OPENAI_ENDPOINT`, `lectern.config.json: azure.endpoint`, ... */
  readonly name: string;
}

/** How far a source is trusted: a credential never goes to an endpoint of a less trusted source than its own. */
export const trustOf: Readonly<Record<OriginKind, number>> = {
  flag: 3,
  env: 3,
  user_file: 3,
  default: 3,
  // A .env is usually the user's own and kept out of the repository; what the repository itself says counts less.
  dotenv: 2,
  project_file: 1,
};

type Parse = (text: string) => unknown;
const text: Parse = (value) => value;
const oneOf =
  (...choices: readonly string[]): Parse =>
  (value) => {
    if (!choices.includes(value)) throw new Error(`is "${value}"; it must be one of ${choices.join(", ")}`);
    return value;
  };
const seconds: Parse = (value) => {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0 || number > 86_400)
    throw new Error(`is "${value}"; it must be a number of seconds above 0, at most 86400`);
  return number;
};
const url: Parse = (value) => {
  if (/\s/.test(value.trim())) throw new Error("holds white space; it must be one URL or host name");
  return value.trim();
};
const truth: Parse = (value) => {
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off)$/i.test(value)) return false;
  throw new Error(`is "${value}"; it must be 1 or 0`);
};
/** Longer values are keys pasted into the wrong place. And YAML makes a time of a date without quotes. */
const saidVersion = (value: string): string => {
  if (value.length > 32) return `has ${value.length} characters`;
  return /^\d{4}-\d{2}-\d{2}[T ]/.test(value) ? `is "${value}" (in YAML, put the date in quotes)` : `is "${value}"`;
};
const apiVersion: Parse = (value) => {
  if (!/^(\d{4}-\d{2}-\d{2}(-preview)?|v1|preview|latest)$/.test(value))
    throw new Error(`${saidVersion(value)}; it must be a date such as 2024-10-21 or 2025-04-01-preview`);
  return value;
};

export interface Setting {
  /** Dotted path in the configuration. */
  readonly path: string;
  readonly env?: string;
  /** Flag name without dashes. */
  readonly flag?: string;
  readonly parse: Parse;
  readonly secret?: boolean;
}

export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

/** Every scalar that can be set by flag or environment. The configuration file holds the same paths (not the secrets) and more. */
export const settings: readonly Setting[] = [
  { path: "azure.endpoint", env: "AZURE_OPENAI_ENDPOINT", flag: "endpoint", parse: url },
  { path: "azure.deployment", env: "AZURE_OPENAI_DEPLOYMENT_NAME", flag: "deployment", parse: text },
  { path: "azure.apiKey", env: "AZURE_OPENAI_API_KEY", parse: text, secret: true },
  { path: "azure.apiVersion", env: "AZURE_OPENAI_API_VERSION", flag: "api-version", parse: apiVersion },
  { path: "azure.api", env: "LECTERN_API", flag: "api", parse: oneOf("auto", "responses", "chat") },
  { path: "azure.auth", env: "LECTERN_AUTH", flag: "auth", parse: oneOf("auto", "key", "entra") },
  { path: "azure.scope", env: "AZURE_OPENAI_SCOPE", parse: text },
  { path: "azure.clientId", env: "AZURE_CLIENT_ID", parse: text },
  { path: "azure.caFile", env: "LECTERN_CA_FILE", parse: text },
  { path: "emulator", env: "LECTERN_EMULATOR", flag: "emulator", parse: truth },
  { path: "limits.timeoutS", env: "LECTERN_TIMEOUT", flag: "timeout", parse: seconds },
  { path: "limits.idleTimeoutS", flag: "idle-timeout", parse: seconds },
  { path: "log.level", env: "LECTERN_LOG_LEVEL", flag: "log-level", parse: oneOf(...logLevels) },
];

/** Parses one value; an unusable one is a `config` error that names where it came from and what would be right. */
export function parseSetting(setting: Setting, value: string, origin: Origin): unknown {
  try {
    return setting.parse(value);
  } catch (error) {
    throw new LecternError(origin.kind === "flag" ? "usage" : "config", `${origin.name} ${(error as Error).message}.`, {
      fix: `Correct or remove ${origin.name}.`,
    });
  }
}

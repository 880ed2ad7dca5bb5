import { checkArgument, kinds } from "../core/check-arguments.ts";
import { LecternError } from "../core/errors.ts";
import type { Config } from "./config.ts";
import { type Environment, processEnvironment } from "./env.ts";

const required = [
  ["azure.endpoint", "AZURE_OPENAI_ENDPOINT"],
  ["azure.deployment", "AZURE_OPENAI_DEPLOYMENT_NAME"],
] as const;

/**
 * Whether an environment (default: the process's own) names an Azure OpenAI endpoint and deployment: all missing variables in one message.
 * A key is not required: without one, an Azure identity is used.
 */
export function validateAzureEnvironment(env: Environment = processEnvironment()): {
  readonly ok: boolean;
  readonly missing: readonly string[];
  readonly message: string;
} {
  checkArgument("validateAzureEnvironment: env", env, kinds.object);
  const missing = required.map(([, name]) => name).filter((name) => !env[name]?.trim());
  return {
    ok: missing.length === 0,
    missing,
    message: missing.length === 0 ? "The Azure OpenAI environment is complete." : `Not set: ${missing.join(", ")}.`,
  };
}

/** Throws `config` listing every missing setting unless the emulator was asked for. Call it before anything is started. */
export function requireAzure(config: Config): void {
  if (config.emulator) return;
  const missing = [
    ...(config.azure.endpoint || config.azure.baseUrl ? [] : ["AZURE_OPENAI_ENDPOINT"]),
    ...(config.azure.deployment ? [] : ["AZURE_OPENAI_DEPLOYMENT_NAME"]),
  ];
  if (missing.length === 0) return;
  const one = missing.length === 1;
  const unused = config.notices.filter((notice) => notice.code.startsWith("dotenv_")).map((notice) => ` ${notice.message}`);
  throw new LecternError(
    "config",
    `${missing.join(" and ")} ${one ? "is" : "are"} not set, so there is no Azure OpenAI to ask.${unused.join("")}`,
    {
      fix: `Set ${one ? "it" : "them"} in the environment, in .env or in lectern.config.json (endpoint: https://<resource>.openai.azure.com), or run lectern init; or add --emulator to try Lectern with no account.`,
      details: { missing },
    },
  );
}

/** What is in force towards Azure, with no secret in it: for logs, `lectern doctor` and support. */
export interface AzureSummary {
  readonly endpoint: string | null;
  readonly deployment: string | null;
  readonly apiVersion: string;
  readonly api: string;
  readonly auth: string;
  readonly hasApiKey: boolean;
  /** The kind of identity the variables point to, when no key is used. */
  readonly identity: "none" | "service_principal" | "workload_identity" | "user_assigned_managed_identity" | "default_chain";
  readonly emulator: boolean;
}

type Described = Pick<Config, "azure" | "env" | "emulator">;
const described = kinds.satisfying(
  "a configuration made by loadConfig",
  ({ azure, env }) => kinds.object.is(azure) && kinds.object.is(env),
);

/** The summary of a configuration; without one, of what the process's own environment says. */
export function describeAzureConfig(config: Described = fromEnvironment(processEnvironment())): AzureSummary {
  checkArgument("describeAzureConfig: config", config, described);
  const { azure, env, emulator } = config;
  const hasApiKey = Boolean(azure.apiKey);
  const keyless = azure.auth === "entra" || !hasApiKey;
  return {
    endpoint: azure.baseUrl ?? azure.endpoint ?? null,
    deployment: azure.deployment ?? null,
    apiVersion: azure.apiVersion ?? "v1",
    api: azure.api,
    auth: emulator ? "emulator" : keyless ? "entra" : "key",
    hasApiKey,
    identity: !keyless || emulator ? "none" : identityOf(env),
    emulator,
  };
}

function fromEnvironment(env: Environment): Described {
  const text = (value: string | undefined, key: string) => (value?.trim() ? { [key]: value.trim() } : {});
  const azure = {
    api: "auto" as const,
    auth: "auto" as const,
    ...text(env.AZURE_OPENAI_ENDPOINT, "endpoint"),
    ...text(env.AZURE_OPENAI_DEPLOYMENT_NAME, "deployment"),
    ...text(env.AZURE_OPENAI_API_KEY, "apiKey"),
    ...text(env.AZURE_OPENAI_API_VERSION, "apiVersion"),
  };
  return { azure, env, emulator: /^(1|true|yes|on)$/i.test(env.LECTERN_EMULATOR ?? "") };
}

function identityOf(env: Environment): AzureSummary["identity"] {
  if (env.AZURE_CLIENT_ID && env.AZURE_TENANT_ID && env.AZURE_CLIENT_SECRET) return "service_principal";
  if (env.AZURE_FEDERATED_TOKEN_FILE) return "workload_identity";
  return env.AZURE_CLIENT_ID ? "user_assigned_managed_identity" : "default_chain";
}

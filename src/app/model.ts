import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BackendOptions } from "../azure/backend.ts";
import type { Credential } from "../azure/credentials.ts";
import type { Learned, LearnedStore } from "../azure/learned.ts";
import type { BackendConfig, Config } from "../config/config.ts";
import { trustOf } from "../config/settings.ts";
import { LecternError } from "../core/errors.ts";
import type { Model } from "../core/model.ts";
import { backendKey } from "./backend-key.ts";
import { JsonFile } from "./json-file.ts";
import { openaiNotices } from "./openai-variables.ts";
import type { LecternOptions } from "./options.ts";

/** A model ready to be asked, and what the user should know about how it was chosen. */
export interface OpenedModel extends AsyncDisposable {
  readonly model: Model;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** The model that the configuration names: given in code, the emulator when asked for, else Azure OpenAI. Throws `config` or `auth`. */
export async function openModel(config: Config, options: LecternOptions): Promise<OpenedModel> {
  if (options.model) return { model: options.model, notices: [], async [Symbol.asyncDispose]() {} };
  if (config.emulator) return openEmulated(config);
  const [{ createAzureModel }, { credentialFor }] = await Promise.all([import("../azure/model.ts"), import("./credential.ts")]);
  const chosen = credentialFor(config, options.credential);
  const model = createAzureModel({
    ...azureOptions(config, chosen.credential),
    learnedStore: fileLearnedStore(join(config.cacheDir, "learned.json")),
  });
  return { model, notices: [...chosen.notices, ...openaiNotices(config)], async [Symbol.asyncDispose]() {} };
}

async function openEmulated(config: Config): Promise<OpenedModel> {
  const [{ startEmulator }, { createAzureModel }] = await Promise.all([
    import("../emulator/index.ts"),
    import("../azure/model.ts"),
  ]);
  const emulator = await startEmulator();
  // The `default` deployment is a reasoning model, which refuses tools on Chat Completions as Azure's do.
  const deployment =
    config.azure.deployment && emulatedDeployments.includes(config.azure.deployment)
      ? config.azure.deployment
      : config.azure.api === "chat"
        ? "classic"
        : "default";
  const emulated = { ...config, azure: { api: config.azure.api, auth: "key" as const, deployment, endpoint: emulator.url } };
  const model = createAzureModel({ ...azureOptions(emulated, { type: "api_key", key: emulator.key }), emulated: true });
  const notices = config.notices.filter((notice) => !notice.code.startsWith("server_"));
  return { model, notices, [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose]() };
}
const emulatedDeployments: readonly string[] = ["default", "classic", "responses-only", "chat-only"];

function azureOptions(config: Config, credential: Credential) {
  const { azure, limits, env } = config;
  const { endpoint, baseUrl, deployment, apiVersion, api, headers, keyHeader, caFile, residency, pin } = azure;
  return {
    endpoint: endpoint ?? baseUrl ?? "",
    deployment: deployment ?? "",
    credential,
    api,
    env: proxyVariables(env),
    failover: (azure.backends ?? []).map((backend) => backendOptions(config, backend, credential)),
    ...(residency === undefined ? {} : { residency }),
    ...(pin === undefined ? {} : { pin }),
    allowResidencyChange: mayChangeResidency(config),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(headers === undefined ? {} : { headers }),
    ...(keyHeader === undefined ? {} : { keyHeader }),
    ...(caFile === undefined ? {} : { ca: readCa(resolve(config.root, caFile)) }),
    ...(limits.idleTimeoutS === undefined ? {} : { idleTimeoutMs: limits.idleTimeoutS * 1000 }),
  };
}

/** A further backend: with a key of its own where the configuration names its variable, else with the credential of the first. */
function backendOptions(config: Config, backend: BackendConfig, credential: Credential): BackendOptions {
  const { name, endpoint, apiVersion, residency } = backend;
  const key = backendKey(config, backend);
  return {
    endpoint,
    deployment: backend.deployment ?? config.azure.deployment ?? "",
    credential: key ? { type: "api_key", key } : credential,
    api: config.azure.api,
    ...(name === undefined ? {} : { name }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(residency === undefined ? {} : { residency }),
  };
}

/** Where data may go is for whoever answers for it to say, not for a project. */
function mayChangeResidency({ azure, origins }: Config): boolean {
  const origin = origins.get("azure.allowResidencyChange");
  if (!azure.allowResidencyChange || !origin || trustOf[origin.kind] === 3) return azure.allowResidencyChange ?? false;
  throw new LecternError("config", `${origin.name} lets data leave its residency, and a project may not.`, {
    fix: "If you want it, set azure.allowResidencyChange in your own configuration file, or pass the project's by --config.",
  });
}

/** The variables that name a proxy, in either case. Source: curl's convention, which Node's `proxyEnv` follows. */
function proxyVariables(env: Config["env"]): Record<string, string> {
  const names = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** True for text with a certificate in PEM form. */
export function holdsCertificate(pem: string): boolean {
  return /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(pem);
}

function readCa(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw new LecternError("config", `The certificate file ${path} cannot be read: ${(error as Error).message}`, {
      fix: "Correct azure.caFile or LECTERN_CA_FILE.",
      cause: error,
    });
  }
  // Node passes over anything else in silence, and the certificate stays untrusted.
  if (holdsCertificate(pem)) return pem;
  throw new LecternError("config", `The certificate file ${path} holds no certificate in PEM form`, {
    fix: `Convert it: openssl x509 -inform der -in ${path} -out ${path}.pem; then name that one.`,
  });
}

function fileLearnedStore(path: string): LearnedStore {
  const file = new JsonFile<Record<string, Learned>>(path, {});
  return {
    load: (key) => file.read()[key],
    save: (key, learned) => void file.update((all) => ({ ...all, [key]: learned })),
  };
}

import type { Config } from "./config.ts";
import { cacheFolder, stateFolder } from "./env.ts";
import type { Origin, OriginKind } from "./settings.ts";
import { visible, withoutAddressSecrets } from "./visible.ts";

/** One setting in force, ready to be shown: nothing secret in it. */
export interface ReportedSetting {
  readonly path: string;
  readonly value: unknown;
  readonly origin: { readonly kind: OriginKind; readonly name: string };
  /** Names of the weaker places that set it too, weakest first. */
  readonly overrides: readonly string[];
}

/** Every setting that is set or has a default, in the order of the reference, with where it comes from. */
export function reportSettings(config: Config): readonly ReportedSetting[] {
  const values = inForce(config);
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([path, value]) => ({
      path,
      value: shown(path, value),
      origin: originOf(config, path),
      overrides: (config.overridden.get(path) ?? []).map((origin) => origin.name),
    }));
}

function inForce(config: Config): Readonly<Record<string, unknown>> {
  const { azure, limits } = config;
  const { endpoint, deployment, apiKey, apiVersion, api, auth, scope, clientId, baseUrl, headers, keyHeader, caFile } = azure;
  return {
    emulator: config.emulator,
    ...prefixed("azure", {
      endpoint,
      deployment,
      apiKey,
      apiVersion,
      api,
      auth,
      scope,
      clientId,
      baseUrl,
      headers,
      keyHeader,
      caFile,
    }),
    ...prefixed("azure", { trustedHosts: azure.trustedHosts, residency: azure.residency, backends: azure.backends }),
    ...prefixed("azure", { pin: azure.pin, allowResidencyChange: azure.allowResidencyChange }),
    sources: config.sources.map(({ name, path }) => (name === undefined ? path : `${name}=${path}`)),
    instructions: config.instructions,
    answerPolicy: config.answerPolicy,
    allow: config.allow,
    ask: config.ask,
    deny: config.deny,
    trusted: config.trusted,
    ...prefixed("limits", limits),
    "log.level": config.logLevel,
    cacheDir: config.cacheDir,
    stateDir: config.stateDir,
  };
}

const prefixed = (section: string, values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${section}.${key}`, value]));

function shown(path: string, value: unknown): unknown {
  if (path === "azure.apiKey") return "(set, not shown)";
  // A gateway's headers are where its own keys travel.
  if (path === "azure.headers")
    return Object.fromEntries(Object.keys(value as object).map((name) => [visible(name), "(not shown)"]));
  if (typeof value === "string") return visible(withoutAddressSecrets(value));
  return Array.isArray(value) ? value.map((entry) => (typeof entry === "string" ? visible(entry) : entry)) : value;
}

function originOf(config: Config, path: string): Origin {
  const folders = { cacheDir: "LECTERN_CACHE_DIR", stateDir: "LECTERN_STATE_DIR" };
  if (path === "cacheDir" || path === "stateDir") {
    const plain = path === "cacheDir" ? cacheFolder : stateFolder;
    const isDefault = plain({ ...config.env, [folders[path]]: undefined }) === config[path];
    return isDefault ? { kind: "default", name: "default" } : { kind: "env", name: folders[path] };
  }
  return config.origins.get(path) ?? { kind: "default", name: "default" };
}

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../../config/config.ts";
import { holdsCertificate } from "../../model.ts";
import { strayOpenaiVariables } from "../../openai-variables.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import { proxyVariables } from "../proxy.ts";

const faults = {
  "openai-variables": warns(
    "config",
    "OPENAI_* variables stand beside AZURE_*: Lectern never reads them, other programs go astray.",
  ),
  "both-credentials": warns("config", "An API key and an Azure identity are both configured, and `auth` does not say which."),
  "client-secret-shadows-identity": warns(
    "config",
    "AZURE_CLIENT_SECRET comes before this host's managed identity in the chain: when it is stale, sign-in fails.",
  ),
  "service-principal-incomplete": warns(
    "config",
    "Some of AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET are set, but not all.",
  ),
  "identity-endpoint-half-set": warns("config", "Only one of IDENTITY_ENDPOINT and IDENTITY_HEADER is set."),
  "token-credentials-unknown": fails("config", "AZURE_TOKEN_CREDENTIALS names no credential that exists."),
  "tenant-malformed": fails(
    "config",
    "AZURE_TENANT_ID holds what no tenant's id or domain holds, so its credentials are not tried.",
  ),
  "authority-malformed": fails(
    "config",
    "AZURE_AUTHORITY_HOST is no https address, so the credentials that need it are not tried.",
  ),
  "client-certificate-missing": fails("config", "AZURE_CLIENT_CERTIFICATE_PATH names a file that is not there."),
  "federated-token-missing": warns("config", "AZURE_FEDERATED_TOKEN_FILE names a file that is not there."),
  "proxy-malformed": fails("config", "A proxy variable holds something that is no http URL."),
  "tls-verification-off": warns("config", "NODE_TLS_REJECT_UNAUTHORIZED=0: anyone on the way can read and change everything."),
  "ca-file-missing": fails("config", "A certificate file that is configured is not there."),
  "ca-file-no-pem": fails("config", "A certificate file that is configured holds no certificate in PEM form."),
};
const found = finder(faults);

/** Variables that contradict each other or cannot be right. */
export const environment: Check = {
  id: "environment",
  about: "Variables that contradict each other, are half set or cannot be right. Only what is in use is blamed.",
  faults,
  needs: [],
  run(context): Verdict {
    const { config } = context;
    const findings = [...(config.emulator ? [] : azureFindings(context)), ...proxyFindings(config), ...tlsFindings(context)];
    return findings.length > 0 ? { findings } : { note: "no conflicts." };
  },
};

function azureFindings(context: Context): readonly Finding[] {
  const { config } = context;
  return [...openaiVariables(config), ...bothCredentials(config), ...(usesIdentity(config) ? identityFindings(context) : [])];
}

export function usesIdentity({ azure }: Config): boolean {
  return azure.auth === "entra" || (azure.auth === "auto" && !azure.apiKey);
}

function openaiVariables(config: Config): readonly Finding[] {
  const { names, missing: meant } = strayOpenaiVariables(config);
  if (names.length === 0) return [];
  const instead =
    meant.length === 0 ? "" : ` If ${meant.length === 1 ? "it was" : "they were"} meant for Lectern, set ${meant.join(", ")}.`;
  const cause = `${names.join(", ")} ${names.length === 1 ? "is" : "are"} set beside AZURE_*; Lectern never reads ${names.length === 1 ? "it" : "them"}, but programs on the openai package then talk to another service or send stray headers.`;
  return [found("openai-variables", { cause, fix: `unset ${names.join(" ")}${instead === "" ? "" : `.${instead}`}` })];
}

function bothCredentials({ azure, env }: Config): readonly Finding[] {
  if (!azure.apiKey || azure.auth !== "auto") return [];
  const identity = ["AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID"].filter((name) => env[name]);
  if (identity.length === 0) return [];
  const cause = `An API key (AZURE_OPENAI_API_KEY) and an Azure identity (${identity.join(", ")}) are both configured; the key is used.`;
  return [
    found("both-credentials", {
      cause,
      fix: "Say which: LECTERN_AUTH=entra or LECTERN_AUTH=key; or unset AZURE_OPENAI_API_KEY.",
    }),
  ];
}

const credentialNames: readonly string[] = [
  "dev",
  "prod",
  "EnvironmentCredential",
  "WorkloadIdentityCredential",
  "ManagedIdentityCredential",
  "VisualStudioCodeCredential",
  "AzureCliCredential",
  "AzurePowerShellCredential",
  "AzureDeveloperCliCredential",
];

function identityFindings({ config, world }: Context): readonly Finding[] {
  const { env } = config;
  const findings: Finding[] = [];
  const chosen = env.AZURE_TOKEN_CREDENTIALS?.trim();
  if (chosen && !credentialNames.some((name) => name.toLowerCase() === chosen.toLowerCase())) {
    const cause = `AZURE_TOKEN_CREDENTIALS is "${chosen}", which is no credential, so none is tried.`;
    findings.push(found("token-credentials-unknown", { cause, fix: `Unset it, or set one of: ${credentialNames.join(", ")}.` }));
  }
  findings.push(...malformed(config), ...halfIdentityEndpoint(config), ...servicePrincipal(config));
  const certificate = env.AZURE_CLIENT_CERTIFICATE_PATH;
  if (certificate && !env.AZURE_CLIENT_SECRET && env.AZURE_CLIENT_ID && env.AZURE_TENANT_ID && !world.exists(certificate)) {
    const cause = `AZURE_CLIENT_CERTIFICATE_PATH names ${certificate}, which is not there; what stands behind it in the chain is not tried.`;
    const fix = "Correct the path (a PEM file with certificate and private key), or unset AZURE_CLIENT_CERTIFICATE_PATH.";
    findings.push(found("client-certificate-missing", { cause, fix }));
  }
  const file = env.AZURE_FEDERATED_TOKEN_FILE;
  if (file && !world.exists(file)) {
    const cause = `AZURE_FEDERATED_TOKEN_FILE names ${file}, which is not there, so workload identity cannot sign in.`;
    const fix =
      "Check that the pod's service account is annotated and the token volume is mounted; elsewhere unset AZURE_FEDERATED_TOKEN_FILE.";
    findings.push(found("federated-token-missing", { cause, fix }));
  }
  return findings;
}

/** What the identity library itself refuses to begin with; in the chain it then leaves the credential out without a word. */
function malformed({ env }: Config): readonly Finding[] {
  const { AZURE_TENANT_ID: tenant, AZURE_AUTHORITY_HOST: authority } = env;
  const findings: Finding[] = [];
  if (tenant && !/^[\w.-]+$/.test(tenant)) {
    const cause = `AZURE_TENANT_ID is "${tenant}", which is neither a tenant's id nor its domain, so the credentials that need it are not tried.`;
    findings.push(found("tenant-malformed", { cause, fix: "export AZURE_TENANT_ID=$(az account show --query tenantId -o tsv)" }));
  }
  if (authority && !(URL.canParse(authority) && new URL(authority).protocol === "https:")) {
    const cause = `AZURE_AUTHORITY_HOST is "${authority}", which is no https address, so the credentials that need it are not tried.`;
    const fix =
      "unset AZURE_AUTHORITY_HOST, or in a sovereign cloud set it to https://login.microsoftonline.us or https://login.chinacloudapi.cn.";
    findings.push(found("authority-malformed", { cause, fix }));
  }
  return findings;
}

/** IDENTITY_ENDPOINT goes with IDENTITY_HEADER (App Service, Container Apps) or with IMDS_ENDPOINT (Azure Arc). */
function halfIdentityEndpoint({ env }: Config): readonly Finding[] {
  const endpoint = Boolean(env.IDENTITY_ENDPOINT);
  const header = Boolean(env.IDENTITY_HEADER);
  if (endpoint === header || (endpoint && env.IMDS_ENDPOINT)) return [];
  const [set, unset] = endpoint ? ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"] : ["IDENTITY_HEADER", "IDENTITY_ENDPOINT"];
  const cause = `${set} is set and ${unset} is not, so the managed identity of this host is looked for at the wrong place.`;
  const fix = `Pass both into the container or shell (the host sets them together), or unset ${set}.`;
  return [found("identity-endpoint-half-set", { cause, fix })];
}

function servicePrincipal({ env }: Config): readonly Finding[] {
  if (!env.AZURE_CLIENT_SECRET) return [];
  const missing = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"].filter((name) => !env[name]);
  if (missing.length > 0) {
    const cause = `AZURE_CLIENT_SECRET is set but ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not, so the service principal is not used.`;
    const fix = `Set ${missing.join(" and ")} as well, or unset AZURE_CLIENT_SECRET.`;
    return [found("service-principal-incomplete", { cause, fix })];
  }
  if (!env.IDENTITY_ENDPOINT && !env.MSI_ENDPOINT) return [];
  const cause =
    "AZURE_CLIENT_SECRET is set on a host that has a managed identity; the secret comes first, and when it is stale or expired sign-in fails without the managed identity being tried.";
  const fix = "unset AZURE_CLIENT_SECRET, or say which one is meant: AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential.";
  return [found("client-secret-shadows-identity", { cause, fix })];
}

/** A variable of the other scheme than the endpoint's does no harm yet: servers and sign-in may meet it. */
function proxyFindings({ env, azure, emulator }: Config): readonly Finding[] {
  const scheme = emulator || /^http:/i.test(azure.baseUrl ?? azure.endpoint ?? "") ? "http:" : "https:";
  const names = [...proxyVariables("https:"), ...proxyVariables("http:")];
  return names.flatMap((name) => {
    const value = env[name]?.trim();
    if (!value || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))) return [];
    const cause = `${name} holds no http URL.`;
    const fix = `Set ${name}=http://<host>:<port> (with the scheme), or unset it.`;
    return [found("proxy-malformed", { cause, fix, status: proxyVariables(scheme).includes(name) ? "fail" : "warn" })];
  });
}

function tlsFindings({ config, world }: Context): readonly Finding[] {
  const { env, azure } = config;
  const files = [
    ...(azure.caFile ? [[config.origins.get("azure.caFile")?.name ?? "azure.caFile", resolve(config.root, azure.caFile)]] : []),
    ...(env.NODE_EXTRA_CA_CERTS ? [["NODE_EXTRA_CA_CERTS", env.NODE_EXTRA_CA_CERTS]] : []),
  ];
  const missing = files
    .filter(([, path]) => !world.exists(path!))
    .map(([name, path]) => {
      const cause = `${name} names ${path}, which is not there.`;
      // Node itself goes on without its file.
      const status = name === "NODE_EXTRA_CA_CERTS" ? "warn" : "fail";
      return found("ca-file-missing", { cause, fix: `Correct or unset ${name}.`, status });
    });
  const unusable = files
    .filter(([, path]) => world.exists(path!) && !holdsCertificate(readable(path!)))
    .map(([name, path]) => {
      const cause = `${name} names ${path}, which holds no certificate in PEM form.`;
      const fix = `Convert it: openssl x509 -inform der -in ${path} -out ${path}.pem; then name that one.`;
      return found("ca-file-no-pem", { cause, fix, status: name === "NODE_EXTRA_CA_CERTS" ? "warn" : "fail" });
    });
  missing.push(...unusable);
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return missing;
  const cause =
    "NODE_TLS_REJECT_UNAUTHORIZED is 0: certificates are not checked, so anyone on the way can read the key and change answers.";
  const fix =
    "unset NODE_TLS_REJECT_UNAUTHORIZED and name your network's root certificate: NODE_EXTRA_CA_CERTS or LECTERN_CA_FILE.";
  return [...missing, found("tls-verification-off", { cause, fix })];
}

function readable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

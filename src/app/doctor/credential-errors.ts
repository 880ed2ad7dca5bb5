import type { Cloud } from "../../azure/endpoint.ts";
import type { Config } from "../../config/config.ts";
import type { Finding } from "./check.ts";
import { fails, finder } from "./check.ts";
import type { IdentityLook } from "./identity-look.ts";
import { proxyFor } from "./proxy.ts";

/** What can go wrong between an identity and a token. Source: Microsoft Entra error codes, read 2026-11. */
export const identityFaults = {
  "client-secret-rejected": fails(
    "auth",
    "Entra refuses AZURE_CLIENT_SECRET: wrong or expired; what stands behind it in the chain is not tried.",
  ),
  "client-unknown": fails("auth", "The application (AZURE_CLIENT_ID) does not exist in the tenant that was asked."),
  "tenant-unknown": fails("auth", "The tenant (AZURE_TENANT_ID) does not exist."),
  "scope-unknown": fails(
    "auth",
    "The scope names no service of this tenant, lacks /.default, or is of another cloud than the sign-in.",
  ),
  "sign-in-expired": fails("auth", "The sign-in of a developer tool (az, azd, PowerShell) is over, or wants a second factor."),
  "client-id-not-assigned": fails(
    "auth",
    "AZURE_CLIENT_ID names an identity that is not assigned to this host, as on a system-assigned one.",
  ),
  "no-managed-identity": fails("auth", "This host has no managed identity, though the chain found its endpoint."),
  "identity-endpoint-fails": fails("auth", "The host's identity endpoint is there but answers with errors."),
  "identity-ambiguous": fails("auth", "Several user-assigned identities are on this host, and none is named."),
  "workload-identity-fails": fails("auth", "Workload identity is configured, and its token file is missing or empty."),
  "identity-silent": fails(
    "auth",
    "No credential gave a token in time; a metadata endpoint that swallows packets looks like this.",
  ),
  "authority-unreachable": fails(
    "network",
    "Entra (login.microsoftonline.com) cannot be reached, or its certificate is not trusted.",
  ),
  "no-credential": fails(
    "auth",
    "There is neither an API key nor any identity: every credential of the chain says it is not available.",
  ),
  "token-failed": fails("auth", "The credential failed in a way the doctor does not know; its own words are shown."),
};
const found = finder(identityFaults);

interface Asked {
  readonly config: Config;
  readonly scope: string;
  /** The endpoint's. */
  readonly cloud: Cloud;
  readonly tooLate: boolean;
  readonly seconds: number;
  /** What the host's own endpoint said, where the time was up. */
  readonly look: IdentityLook | undefined;
}

/** Where sovereign clouds sign in, and what the Azure CLI calls them. */
const sovereign = {
  government: { authority: "https://login.microsoftonline.us", name: "AzureUSGovernment" },
  china: { authority: "https://login.chinacloudapi.cn", name: "AzureChinaCloud" },
} as const;

/** What a failed sign-in means. Reads Entra's own codes (AADSTS...) where there are any. */
export function credentialFinding(error: unknown, asked: Asked): Finding {
  const words = wordsOf(error);
  const code = /AADSTS(\d+)/.exec(words)?.[1];
  return (code === undefined ? undefined : fromEntra(code, asked)) ?? fromHost(words, asked);
}

function fromEntra(code: string, { config, scope, cloud }: Asked): Finding | undefined {
  const { env } = config;
  const tenant = env.AZURE_TENANT_ID ?? "the tenant";
  const client = env.AZURE_CLIENT_ID ?? config.azure.clientId ?? "the application";
  switch (code) {
    case "7000215":
    case "7000222": {
      const what = code === "7000222" ? "AZURE_CLIENT_SECRET is expired" : "AZURE_CLIENT_SECRET is wrong";
      const behind =
        env.IDENTITY_ENDPOINT || env.MSI_ENDPOINT
          ? " The managed identity of this host stands behind it in the chain and was not tried."
          : "";
      const fix = `az ad app credential reset --id ${client} makes a new secret; where the host has an identity of its own, unset AZURE_CLIENT_SECRET.`;
      return found("client-secret-rejected", { cause: `${what} (AADSTS${code}).${behind}`, fix });
    }
    case "700016":
      return found("client-unknown", {
        cause: `There is no application ${client} in tenant ${tenant} (AADSTS700016): wrong AZURE_CLIENT_ID, or the wrong tenant.`,
        fix: `Compare: az ad sp show --id ${client} --query appOwnerOrganizationId. Then correct AZURE_TENANT_ID or AZURE_CLIENT_ID.`,
      });
    case "90002":
    case "900023":
      return found("tenant-unknown", {
        cause: `There is no tenant ${tenant} (AADSTS${code}).`,
        fix: "Set AZURE_TENANT_ID to the tenant of the resource: az account show --query tenantId -o tsv.",
      });
    case "500011":
    case "70011":
    case "1002012":
      if (cloud !== "public" && !env.AZURE_AUTHORITY_HOST) {
        const { authority, name } = sovereign[cloud];
        return found("scope-unknown", {
          cause: `The scope ${scope} is of another cloud than the sign-in, which went to login.microsoftonline.com (AADSTS${code}).`,
          fix: `export AZURE_AUTHORITY_HOST=${authority} (service principal, workload identity), or az cloud set --name ${name} && az login.`,
        });
      }
      return found("scope-unknown", {
        cause: `The scope ${scope} names no service of this tenant (AADSTS${code}).`,
        fix: "unset AZURE_OPENAI_SCOPE, or set it to https://cognitiveservices.azure.com/.default (sovereign clouds: .us or .cn).",
      });
    case "50076":
    case "50079":
    case "50173":
    case "70043":
    case "700082":
    case "50078":
      return found("sign-in-expired", {
        cause: `The sign-in of the developer tool is over or wants a second factor (AADSTS${code}).`,
        fix: `az login${env.AZURE_TENANT_ID ? ` --tenant ${env.AZURE_TENANT_ID}` : ""} --scope ${scope}`,
      });
    default:
      return undefined;
  }
}

function fromHost(words: string, asked: Asked): Finding {
  const { config, tooLate, seconds, look } = asked;
  const { env } = config;
  const client = env.AZURE_CLIENT_ID ?? config.azure.clientId;
  if (/no (user assigned|.*managed identity) .*found|identity not found/i.test(words)) return notAssigned(client);
  if (/multiple user assigned identities/i.test(words)) {
    const cause = "Several user-assigned managed identities are on this host, and none is named.";
    const fix =
      'export AZURE_CLIENT_ID=<client id of the one to use>; az identity list --query "[].{name:name, clientId:clientId}" -o table lists them.';
    return found("identity-ambiguous", { cause, fix });
  }
  if (tooLate || /within \d+(\.\d+)? s/.test(words)) return look === undefined ? silent(seconds) : fromLook(look, seconds);
  if (
    /endpoints_resolution_error|openid_config_error|network_error|getaddrinfo .*login\.|unable to (get|verify).*certificate/i.test(
      words.replace(/ManagedIdentityCredential:[^·\n]*/g, ""),
    )
  ) {
    const authority = authorityOf(env.AZURE_AUTHORITY_HOST);
    const cause = `Entra (${authority}) cannot be reached from here${throughProxy(authority, env)}, or its certificate is not trusted.`;
    const fix = `Allow ${authority}:443 in firewall and proxy (HTTPS_PROXY); where TLS is inspected, set NODE_EXTRA_CA_CERTS to the network's root certificate.`;
    return found("authority-unreachable", { cause, fix });
  }
  const file = env.AZURE_FEDERATED_TOKEN_FILE;
  if (file && words.includes(file)) return workloadIdentity(file, /No content/.test(words));
  const endpoint = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"].find((name) => env[name]);
  if (endpoint !== undefined && /managed ?identity|msi|ECONNREFUSED|status code/i.test(words)) {
    const said = /ManagedIdentityCredential: ([^·\n]+)/
      .exec(words)?.[1]
      ?.replace(/: Error\(s\): Not Available.*$/, "")
      .trim();
    return endpointFails(
      `The identity endpoint of this host (${endpoint}) gives no token: ${(said ?? ownWords(words)).replace(/\.$/, "")}.`,
      endpoint,
    );
  }
  if (/unavailable|could not be found|please run|not available|no (accounts|subscription)/i.test(words))
    return nothingThere(words, config);
  return found("token-failed", {
    cause: `The credential failed: ${ownWords(words)}`,
    fix: "Look up the error above; az login signs a developer in, an API key needs no identity.",
  });
}

function authorityOf(given: string | undefined): string {
  return given !== undefined && URL.canParse(given) ? new URL(given).host : "login.microsoftonline.com";
}

function throughProxy(authority: string, env: Config["env"]): string {
  try {
    const proxy = proxyFor(new URL(`https://${authority}`), env);
    return proxy === undefined ? "" : ` through the proxy ${proxy.host}:${proxy.port} (${proxy.variable})`;
  } catch {
    // The environment check says that the variable is malformed.
    return "";
  }
}

function silent(seconds: number): Finding {
  const cause = `No credential gave a token within ${seconds} s. A metadata endpoint (169.254.169.254) that swallows packets, as in containers outside Azure, looks like this.`;
  const fix =
    "Outside Azure: az login, and AZURE_TOKEN_CREDENTIALS=dev. In Azure: give the host an identity, and AZURE_TOKEN_CREDENTIALS=prod.";
  return found("identity-silent", { cause, fix });
}

/** Why it took so long, by what the host's own endpoint says to a look of the doctor. */
function fromLook({ where, variable, said }: IdentityLook, seconds: number): Finding {
  const endpoint = `${where}${variable === undefined ? "" : ` (${variable})`}`;
  if (said === "refused" && variable !== undefined) {
    return endpointFails(`Nothing listens at the identity endpoint ${endpoint}, so it gives no token.`, variable);
  }
  if (said === 404 || said === 400) {
    const cause = `The metadata endpoint ${endpoint} answers ${said}: this host has no managed identity, or is none of Azure's.`;
    const fix =
      "On Azure: az vm identity assign -g <resource-group> -n <vm>, and give it the role. Elsewhere: az login, and AZURE_TOKEN_CREDENTIALS=dev.";
    return found("no-managed-identity", { cause, fix });
  }
  if (typeof said === "number" && said >= 300) {
    return endpointFails(
      `The identity endpoint ${endpoint} answers ${said} again and again, and gives no token within ${seconds} s.`,
      variable,
    );
  }
  return silent(seconds);
}

function endpointFails(cause: string, variable: string | undefined): Finding {
  const leftover = variable === undefined ? "" : `; where ${variable} is a leftover, unset it`;
  const fix = `Check that the identity is switched on: az webapp identity show (App Service), az containerapp identity show or az vm identity show${leftover}.`;
  return found("identity-endpoint-fails", { cause, fix });
}

function workloadIdentity(file: string, isEmpty: boolean): Finding {
  const cause = `Workload identity cannot sign in: its token file ${file} (AZURE_FEDERATED_TOKEN_FILE) is ${isEmpty ? "empty" : "not there"}.`;
  const fix =
    'Label the pod azure.workload.identity/use: "true" and annotate its service account with the client id, so that the token is mounted; elsewhere unset AZURE_FEDERATED_TOKEN_FILE.';
  return found("workload-identity-fails", { cause, fix });
}

function notAssigned(client: string | undefined): Finding {
  if (client === undefined) {
    const cause = "The host has an identity endpoint, but no managed identity is assigned to it.";
    return found("no-managed-identity", {
      cause,
      fix: "Switch it on: az webapp identity assign (or az containerapp / az vm identity assign), then give it the role.",
    });
  }
  const cause = `The identity ${client} (AZURE_CLIENT_ID) is not assigned to this host; on a host with a system-assigned identity AZURE_CLIENT_ID must not be set.`;
  const fix =
    "unset AZURE_CLIENT_ID to use the system-assigned identity; or assign that one: az webapp identity assign --identities <resource-id> (or az containerapp / az vm).";
  return found("client-id-not-assigned", { cause, fix });
}

/** Names each credential that was tried, and what is half set. */
function nothingThere(words: string, { azure, env }: Config): Finding {
  const tried = [...new Set([...words.matchAll(/\b(\w+Credential)\b/g)].map((match) => match[1]!))].filter(
    (name) => !/^(Chained|Default)/.test(name),
  );
  const list = tried.length === 0 ? "" : ` Tried: ${tried.join(", ")}.`;
  const proofs = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"];
  const isHalfSet = env.AZURE_CLIENT_ID && env.AZURE_TENANT_ID && !proofs.some((name) => env[name]);
  const half = isHalfSet ? ` AZURE_CLIENT_ID and AZURE_TENANT_ID are set, but none of ${proofs.join(", ")}.` : "";
  if (azure.apiKey) {
    const cause = `The settings ask for an Azure identity (auth: entra), and none is available here; the API key that is set is not used.${half}${list}`;
    return found("no-credential", { cause, fix: "az login; or LECTERN_AUTH=key to use the key." });
  }
  const cause = `No API key is set, and no Azure identity is available here.${half}${list}`;
  return found("no-credential", {
    cause,
    fix: "az login; or set AZURE_OPENAI_API_KEY; in Azure give the host a managed identity.",
  });
}

/** Stands between an error's words and those of its cause. */
const separator = "\n\u0000\n";

/** The messages of an error and of everything that caused it, outermost first. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  const seen = new Set<unknown>();
  const visit = (thrown: unknown): void => {
    if (typeof thrown !== "object" || thrown === null || seen.has(thrown)) return;
    seen.add(thrown);
    const { message, cause, errors } = thrown as { message?: unknown; cause?: unknown; errors?: unknown };
    if (typeof message === "string") words.push(message);
    visit(cause);
    if (Array.isArray(errors)) for (const inner of errors) visit(inner);
  };
  visit(error);
  return words.join(separator);
}

/** The innermost error's own words, in one line. */
function ownWords(words: string): string {
  const line = (words.split(separator).at(-1) ?? "no reason given").replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

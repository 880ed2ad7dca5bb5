import { LecternError } from "../core/errors.ts";
import type { EntraCredential } from "./credentials.ts";
import { serviceWords } from "./service-words.ts";

/** One credential of the chain and why it gave no token. */
interface Tried {
  readonly credential: string;
  readonly why: string;
}

/** The sign-in service was not reached at all, so nothing was refused. */
const unreachable = /endpoints_resolution_error|openid_config_error|network_error/;

/** What Entra's own codes mean for the reader. Source: Microsoft Entra authentication error codes, read 2026-11. */
const fixes: readonly (readonly [RegExp, string])[] = [
  [
    /AADSTS7000215/,
    "The client secret is wrong: put a valid one into AZURE_CLIENT_SECRET, or unset AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET so that the next credential gets its turn.",
  ],
  [
    /AADSTS7000222/,
    "The client secret has expired: create a new one, or unset AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET so that the next credential gets its turn.",
  ],
  [/AADSTS700016/, "The application is not known in this tenant: check AZURE_CLIENT_ID and AZURE_TENANT_ID."],
  [
    /AADSTS9000[12]|AADSTS900023|AADSTS90002/,
    "The tenant does not exist: check AZURE_TENANT_ID (az account show --query tenantId).",
  ],
  [
    /AADSTS(50076|50079|50158|53003|530003)/,
    "Sign in again with the second factor: az login --scope https://ai.azure.com/.default.",
  ],
  [/AADSTS(700082|70043|50173|50132|70008)/, "The sign-in has expired: az login."],
  [/AADSTS65001/, "Consent is missing: ask an administrator to grant the application access."],
  [/AADSTS(500011|500014)/, "The scope is not known in this tenant: try https://cognitiveservices.azure.com/.default."],
  [
    /No User Assigned or Delegated Managed Identity|Identity not found/i,
    "No managed identity with this client id is assigned to this host: assign it, or unset AZURE_CLIENT_ID for the system-assigned one.",
  ],
  [
    /Multiple user assigned identities exist/i,
    "Several managed identities are assigned to this host: name the one to use in AZURE_CLIENT_ID.",
  ],
  // Only where the Azure CLI is there and says so itself; it also names this command where it is not even installed.
  [/Please run '?az login/i, "Sign in: az login."],
  [
    unreachable,
    "The sign-in service cannot be reached or its certificate is not trusted: check proxy, caFile and authorityHost.",
  ],
];

/**
 * An error that says which credentials were tried, why each of them gave no token, and what to do next. Code `auth`, or `network`
 * where the sign-in service was not reached.
 */
export function explainEntraFailure(thrown: unknown, credential: EntraCredential): LecternError {
  const errors = errorsIn(thrown);
  const tried = errors.map((error) => toTried(error, credential));
  const words = errors.map(wordsOf).join(" ");
  const list = tried.map((one) => `${one.credential}: ${one.why}`).join(" · ");
  const stopped = thrown instanceof Error && /^Authentication(Required)?Error$/.test(thrown.name);
  const isNetwork = (stopped || errors.length === 1) && unreachable.test(words);
  const stop = stopped ? ` It was configured and ${isNetwork ? "failed" : "refused"}, so no other credential was tried.` : "";
  return new LecternError(isNetwork ? "network" : "auth", `No access token for Azure OpenAI. Tried ${list}.${stop}`, {
    fix: fixes.find(([pattern]) => pattern.test(words))?.[1] ?? defaultFix(credential),
    cause: thrown,
    details: { tried },
  });
}

function defaultFix(credential: EntraCredential): string {
  const hint = credential.only === undefined ? "" : ` Only "${credential.only}" is allowed here.`;
  return `Sign in with az login, or give this host a managed identity, or set AZURE_OPENAI_API_KEY.${hint}`;
}

function errorsIn(thrown: unknown): readonly unknown[] {
  return thrown instanceof Error && "errors" in thrown && Array.isArray(thrown.errors) ? (thrown.errors as unknown[]) : [thrown];
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(
    /^(CredentialUnavailableError|AuthenticationError): */,
    "",
  );
}

function toTried(error: unknown, { clientSecret }: EntraCredential): Tried {
  const message = wordsOf(error);
  const named = /\b([A-Z]\w+Credential)\b/.exec(message)?.[1];
  const why = firstSentences(message.replace(/^\w+Credential:? (is unavailable\. )?/, ""));
  // Entra's own words stand below the identity library's.
  const details = /^More details:\r?\n(.+)/m.exec(message)?.[1];
  return {
    credential: named ?? (clientSecret === undefined ? credentialOf(message) : "ClientSecretCredential"),
    why: details === undefined ? why : `${why}: ${firstSentences(details)}`,
  };
}

/** Some messages do not say whose they are. */
function credentialOf(message: string): string {
  if (/IMDS/i.test(message)) return "ManagedIdentityCredential";
  if (/Azure CLI/i.test(message)) return "AzureCliCredential";
  if (/PowerShell/i.test(message)) return "AzurePowerShellCredential";
  if (/Developer CLI|azd/i.test(message)) return "AzureDeveloperCliCredential";
  if (/Visual Studio Code|VS ?Code/i.test(message)) return "VisualStudioCodeCredential";
  return "a credential";
}

function firstSentences(message: string): string {
  const line = serviceWords(message.split(/\r?\n/)[0] ?? "")
    .replace(/ (To troubleshoot|See|Trace ID).*$/, "")
    .replace(/^Authentication failed\. Message:? *:? */, "")
    .replace(/^(\w+: )?Error\(s\): .* - Description: /, "")
    .replace(/ - Correlation ID.*$/, "");
  return (line.length <= 200 ? line : `${line.slice(0, 200)}…`).replace(/[.:,]+$/, "");
}

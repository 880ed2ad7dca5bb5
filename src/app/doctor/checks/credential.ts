import { isLecternError } from "../../../core/errors.ts";
import { parseJson } from "../../../core/json.ts";
import { credentialFor } from "../../credential.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder } from "../check.ts";
import { credentialFinding, identityFaults } from "../credential-errors.ts";
import type { Claims } from "../facts.ts";
import { type IdentityLook, lookAtIdentity } from "../identity-look.ts";
import { usesIdentity } from "./environment.ts";

const faults = {
  "key-missing": fails("config", "The settings ask for an API key (auth: key), and none is set."),
  "key-malformed": fails("config", "What is set as the API key holds white space, quotes or a placeholder."),
  "key-is-a-token": fails("config", "What is set as the API key is an access token."),
  "key-is-openai": fails("config", "What is set as the API key is a key of OpenAI's own service."),
  "credential-withheld": fails("config", "The credential is not sent to this endpoint, which a less trusted place has named."),
  "token-audience-wrong": fails("auth", "The access token is meant for another service."),
  "token-expired": fails("auth", "The access token is already over by this machine's clock, or not yet valid."),
  ...identityFaults,
};
const found = finder(faults);

/** Who we are to Azure: the key's look, or a token with what it says of itself. */
export const credential: Check = {
  id: "credential",
  about:
    "The API key's look, or an access token: which credential gave it, for whom (aud), until when (exp), whose (oid). Read locally.",
  faults,
  needs: ["environment", "endpoint"],
  async run(context): Promise<Verdict> {
    try {
      credentialFor(context.config);
    } catch (error) {
      if (!isLecternError(error)) throw error;
      const { auth, apiKey } = context.config.azure;
      const id = auth === "key" && !apiKey ? "key-missing" : "credential-withheld";
      return { findings: [found(id, { cause: error.message, fix: error.fix ?? "" })] };
    }
    return usesIdentity(context.config) ? await token(context) : key(context);
  },
};

function key({ config, facts }: Context): Verdict {
  const value = config.azure.apiKey ?? "";
  const from = config.origins.get("azure.apiKey")?.name;
  const origin = from ?? "The API key";
  const trimmed = value.trim();
  if (/^eyJ[\w-]+\./.test(trimmed)) {
    const cause = `${origin} holds an access token, not an API key.`;
    return {
      findings: [
        found("key-is-a-token", {
          cause,
          fix: `unset ${name(origin)} and sign in: az login; tokens are fetched and renewed by Lectern itself.`,
        }),
      ],
    };
  }
  if (/^sk-/.test(trimmed) && facts.target!.endpoint.kind === "azure") {
    const cause = `${origin} holds a key of OpenAI's own service; Azure OpenAI has keys of its own.`;
    return { findings: [found("key-is-openai", { cause, fix: keyFix(facts.target!.endpoint.resource) })] };
  }
  if (/[^\x21-\x7e]|["'<>]|^your|\$\{|:\/\//i.test(trimmed) || trimmed === "") {
    const cause = `${origin} holds something that is no API key: white space, quotes, an address or a placeholder.`;
    return { findings: [found("key-malformed", { cause, fix: keyFix(facts.target!.endpoint.resource) })] };
  }
  facts.auth = { type: "api_key", headers: { [config.azure.keyHeader ?? "api-key"]: trimmed } };
  return { note: `API key of ${trimmed.length} characters${from === undefined ? "" : ` from ${from}`}.` };
}

const name = (origin: string): string => origin.split(" ")[0]!;

function keyFix(resource: string | undefined): string {
  return `Copy it anew: az cognitiveservices account keys list -n ${resource ?? "<resource>"} -g <resource-group>.`;
}

async function token(context: Context): Promise<Verdict> {
  const { config, facts, world, signal } = context;
  const scope = config.azure.scope ?? facts.target!.endpoint.scope;
  const begin = world.now();
  const late = AbortSignal.timeout(world.limits.tokenMs);
  using look = lookWhenSlow(context);
  try {
    const seen = await beforeAbort(world.token({ config, scope, signal: AbortSignal.any([signal, late]) }), late);
    const claims = claimsOf(seen.token);
    facts.auth = { type: "entra", headers: { authorization: `Bearer ${seen.token}` }, scope, claims };
    const findings = [...audience(claims, scope), ...expiry(claims, world.now())];
    const note = noteOf(seen.source, claims, { ms: world.now() - begin, now: world.now() });
    return findings.length > 0 ? { findings, note } : { note };
  } catch (error) {
    signal.throwIfAborted();
    const tooLate = late.aborted;
    const asked = { config, scope, cloud: facts.target!.endpoint.cloud, tooLate, seconds: world.limits.tokenMs / 1000 };
    return { findings: [credentialFinding(error, { ...asked, look: tooLate ? await look.seen : undefined })] };
  }
}

/** The identity library tries the host's own endpoint for minutes and does not say what it met. So when the time is nearly up, the doctor looks itself. */
function lookWhenSlow({ config, world, signal }: Context): Disposable & { readonly seen: Promise<IdentityLook> } {
  let timer: NodeJS.Timeout | undefined;
  const seen = new Promise<IdentityLook>((resolve) => {
    timer = setTimeout(() => resolve(lookAtIdentity(world, config.env, signal)), world.limits.tokenMs * 0.85);
  });
  return { seen, [Symbol.dispose]: () => clearTimeout(timer) };
}

/** @azure/identity does not heed the signal everywhere. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  return Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true })),
  ]);
}

/** The claims of a JWT, unverified; all undefined for a token of another form. */
function claimsOf(token: string): Claims {
  const part = token.split(".")[1];
  const parsed = part === undefined ? undefined : parseJson(Buffer.from(part, "base64url").toString("utf8"));
  const claims = (typeof parsed === "object" && parsed !== null ? parsed : {}) as Readonly<Record<string, unknown>>;
  const text = (key: string): string | undefined => (typeof claims[key] === "string" ? claims[key] : undefined);
  return {
    audience: text("aud"),
    objectId: text("oid"),
    tenantId: text("tid"),
    expiresAtMs: typeof claims.exp === "number" ? claims.exp * 1000 : undefined,
    validFromMs: typeof claims.nbf === "number" ? claims.nbf * 1000 : undefined,
  };
}

/** Application ids of other services of Microsoft, as tokens of the older form name them. Source: Microsoft Entra, first-party applications, read 2026-11. */
const otherServices: Readonly<Record<string, string>> = {
  "00000002-0000-0000-c000-000000000000": "Azure AD Graph",
  "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
  "797f4846-ba00-4fd7-ba43-dac1f8f63013": "Azure Resource Manager",
  "cfa8b339-82a2-471a-a3c9-0fc0be7a4093": "Azure Key Vault",
  "e406a681-f3d4-42a8-90b6-c2b029497af1": "Azure Storage",
};
const ownHosts = /^(ai|ml|cognitiveservices)\.azure\.(com|us|cn)$/;
const microsoftHosts =
  /(^|\.)((azure|microsoft|windowsazure|usgovcloudapi|chinacloudapi|microsoftazure)\.(com|us|cn|net|de)|(windows|azure)\.net)$/;

/** Only an audience that is known to be another service of Microsoft is blamed: an application id can be any of several, a gateway may have its own. */
function audience({ audience: aud }: Claims, scope: string): readonly Finding[] {
  if (aud === undefined) return [];
  const named = otherServices[aud.toLowerCase()];
  const host = URL.canParse(aud) && /^https?:/.test(aud) ? new URL(aud).hostname : undefined;
  const isOther = named !== undefined || (host !== undefined && !ownHosts.test(host) && microsoftHosts.test(host));
  if (!isOther) return [];
  const cause = `The token is for ${aud}${named === undefined ? "" : ` (${named})`}, which is not Azure OpenAI (asked for: ${scope}).`;
  return [
    found("token-audience-wrong", {
      cause,
      fix: "unset AZURE_OPENAI_SCOPE, or set it to https://ai.azure.com/.default or https://cognitiveservices.azure.com/.default.",
    }),
  ];
}

/** Between two clocks this much is nothing, in milliseconds. */
const clockPlayMs = 60_000;

function expiry({ expiresAtMs, validFromMs }: Claims, now: number): readonly Finding[] {
  const clock = `this machine's clock says ${new Date(now).toISOString()}`;
  const fix = "Check this machine's clock and time zone; then sign in again: az login.";
  if (expiresAtMs !== undefined && expiresAtMs <= now) {
    return [found("token-expired", { cause: `The token ended at ${new Date(expiresAtMs).toISOString()}; ${clock}.`, fix })];
  }
  if (validFromMs === undefined || validFromMs <= now + clockPlayMs) return [];
  const cause = `The token begins at ${new Date(validFromMs).toISOString()}; ${clock}, which is too early.`;
  return [found("token-expired", { cause, fix })];
}

function noteOf(source: string | null, claims: Claims, { ms, now }: { ms: number; now: number }): string {
  const { audience: aud, objectId, tenantId, expiresAtMs } = claims;
  const parts = [
    ...(aud === undefined ? [] : [`aud ${aud}`]),
    ...(objectId === undefined ? [] : [`oid ${objectId}`]),
    ...(tenantId === undefined ? [] : [`tenant ${tenantId}`]),
    ...(expiresAtMs === undefined ? [] : [`ends in ${Math.max(0, Math.round((expiresAtMs - now) / 60_000))} min`]),
  ];
  return `token${source === null ? "" : ` from ${source}`} in ${Math.round(ms)} ms: ${parts.join(", ") || "opaque"}.`;
}

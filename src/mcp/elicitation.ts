import type { Client } from "@modelcontextprotocol/client";
import type { Json, JsonObject } from "../core/json.ts";
import { isJsonObject } from "../core/json.ts";
import { neutralise, oneLine } from "../core/neutralise.ts";
import { safeSchema } from "./definition.ts";

/** A server asks the person something in the middle of a call. `message` is the server's text, neutralised. */
export type Elicitation =
  | {
      readonly kind: "form";
      readonly message: string;
      readonly schema: JsonObject;
      /** What to tell the person beside the question, in the host's words: the form asks for what looks like a secret. */
      readonly warning?: string;
    }
  /** Only http and https addresses without a user name get this far. Show the address whole before anything is opened. */
  | { readonly kind: "url"; readonly message: string; readonly url: string };

export type ElicitationAnswer =
  | { readonly action: "accept"; readonly content?: Readonly<Record<string, Json>> }
  | { readonly action: "decline" }
  | { readonly action: "cancel" };

interface ElicitOptions {
  readonly signal: AbortSignal;
  /** The server that asks, by its configured name: one must not be able to pass for another, or for Lectern. */
  readonly server: string;
}

/** Asks a person on behalf of a server. */
export type Elicit = (question: Elicitation, options: ElicitOptions) => Promise<ElicitationAnswer>;

/** The same, on behalf of one server. */
export type AskPerson = (question: Elicitation, options: Pick<ElicitOptions, "signal">) => Promise<ElicitationAnswer>;

const maxMessage = 4_000;

/** The question behind an elicitation request; undefined where nobody should be shown it (unsafe address, unreadable form). */
export function readElicitation(params: unknown): Elicitation | undefined {
  if (!isJsonObject(params) || typeof params.message !== "string") return undefined;
  // Blank lines would push the server's name, which stands above, out of sight.
  const message = neutralise(params.message.slice(0, maxMessage)).replace(/\n\s*\n\s*/g, "\n\n");
  if (params.mode !== "url") {
    const schema = formOf(params.requestedSchema);
    if (schema === undefined) return undefined;
    const warning = secretWarning(message, schema);
    return { kind: "form", message, schema, ...(warning !== undefined && { warning }) };
  }
  const address = typeof params.url === "string" && URL.canParse(params.url) ? new URL(params.url) : undefined;
  if (address === undefined || (address.protocol !== "https:" && address.protocol !== "http:")) return undefined;
  // `https://bank.example@evil.example/` reads like the bank's address.
  if (address.username !== "" || address.password !== "") return undefined;
  return { kind: "url", message, url: address.href };
}

const maxLabel = 300;

const isOneLine = (value: unknown): boolean => typeof value !== "string" || !/[\n\t]/.test(value);

/** A form whose labels are one line each, since they stand in prompts; undefined for one that cannot be shown. */
function formOf(requested: unknown): JsonObject | undefined {
  const schema = safeSchema(requested, "form");
  if (typeof schema === "string") return undefined;
  const fields = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const choices = fields.flatMap(([, field]) => (isJsonObject(field) && Array.isArray(field.enum) ? field.enum : []));
  // Names and choices go back as they came, so one that would break a prompt's line makes the form no form.
  if (![...fields.map(([name]) => name), ...choices].every(isOneLine)) return undefined;
  const labelled = fields.map(([name, field]) => [name, isJsonObject(field) ? withLabels(field) : field] as const);
  return fields.length === 0 ? schema : { ...schema, properties: Object.fromEntries(labelled) };
}

const withLabels = (field: JsonObject): JsonObject => ({
  ...field,
  ...(typeof field.title === "string" && { title: oneLine(field.title, maxLabel) }),
  ...(typeof field.description === "string" && { description: oneLine(field.description, maxLabel) }),
});

const secretWords =
  /pass(?:word|phrase|code|wd)|\bpwd\b|\bsecret|credential|\b(?:private|api|access|secret|ssh|recovery|seed)[ _-]?(?:key|phrase)|\b(?:access|api|auth|bearer|refresh|session|security)[ _-]?token|\bone[ _-]?time[ _-]?(?:code|password)|\b(?:otp|mfa|2fa|cvv|cvc|ssn|iban)\b|^pin$|\bpin[ _-]?(?:code|number)\b|(?:credit|debit)[ _-]?card|card[ _-]?number|social[ _-]?security/i;

/** Servers must not ask for secrets in a form; one that does is to be seen through. Source: MCP 2025-11-25, elicitation, security considerations. */
function secretWarning(message: string, schema: JsonObject): string | undefined {
  const fields = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const texts = fields.flatMap(([name, field]) => {
    const { title, description } = isJsonObject(field) ? field : {};
    // `apiKey` in the words people use.
    return [name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " "), title, description];
  });
  const asked = [message, ...texts].some((text) => typeof text === "string" && secretWords.test(text));
  return asked
    ? "This asks for what looks like a secret. Servers must not ask for secrets in this way: do not give it one."
    : undefined;
}

/** Connects a server's questions (both protocol revisions) to `elicit`. What cannot be shown is declined. */
export function answerElicitations(client: Client, elicit: AskPerson): void {
  client.setRequestHandler("elicitation/create", async (request, context) => {
    const question = readElicitation(request.params);
    if (question === undefined) return { action: "decline" };
    const answer = await elicit(question, { signal: context.mcpReq.signal });
    if (answer.action !== "accept") return { action: answer.action };
    return { action: "accept", ...(answer.content !== undefined && { content: formContent(answer.content) }) };
  });
}

/** Forms hold strings, numbers, booleans and lists of strings; anything else is left out. */
function formContent(content: Readonly<Record<string, Json>>): Record<string, string | number | boolean | string[]> {
  const plain: Record<string, string | number | boolean | string[]> = {};
  for (const [key, value] of Object.entries(content)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") plain[key] = value;
    else if (Array.isArray(value)) plain[key] = value.filter((item): item is string => typeof item === "string");
  }
  return plain;
}

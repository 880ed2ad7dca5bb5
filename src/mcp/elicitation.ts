import type { Client } from "@modelcontextprotocol/client";
import type { Json, JsonObject } from "../core/json.ts";
import { isJsonObject } from "../core/json.ts";
import { neutralise } from "../core/neutralise.ts";
import { safeSchema } from "./definition.ts";

/** A server asks the person something in the middle of a call. `message` is the server's text, neutralised. */
export type Elicitation =
  | { readonly kind: "form"; readonly message: string; readonly schema: JsonObject }
  /** Only http and https addresses get this far. Show the address whole before anything is opened. */
  | { readonly kind: "url"; readonly message: string; readonly url: string };

export type ElicitationAnswer =
  | { readonly action: "accept"; readonly content?: Readonly<Record<string, Json>> }
  | { readonly action: "decline" }
  | { readonly action: "cancel" };

interface ElicitOptions {
  readonly signal: AbortSignal;
}

/** Asks a person on behalf of a server. */
export type Elicit = (question: Elicitation, options: ElicitOptions) => Promise<ElicitationAnswer>;

const maxMessage = 4_000;

/** The question behind an elicitation request; undefined where nobody should be shown it (unsafe address, unreadable form). */
export function readElicitation(params: unknown): Elicitation | undefined {
  if (!isJsonObject(params) || typeof params.message !== "string") return undefined;
  const message = neutralise(params.message.slice(0, maxMessage));
  if (params.mode !== "url") {
    const schema = safeSchema(params.requestedSchema, "form");
    return typeof schema === "string" ? undefined : { kind: "form", message, schema };
  }
  const address = typeof params.url === "string" && URL.canParse(params.url) ? new URL(params.url) : undefined;
  if (address === undefined || (address.protocol !== "https:" && address.protocol !== "http:")) return undefined;
  return { kind: "url", message, url: address.href };
}

/** Connects a server's questions (both protocol revisions) to `elicit`. What cannot be shown is declined. */
export function answerElicitations(client: Client, elicit: Elicit): void {
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

import type { ErrorContext } from "../../azure/error-reply.ts";
import type { Context } from "./check.ts";
import type { DialOptions } from "./dial.ts";
import { type Answer, probe } from "./probe.ts";
import type { Surface } from "./target.ts";

/** How to connect, from a check's context. */
export function lineOptions({ world, config, trust, signal }: Context): DialOptions {
  return { world, env: config.env, trust, signal };
}

/** Sends one request to an API of the endpoint with the credential that the credential check found. Throws DialError or NoAnswer. */
export async function send(
  context: Context,
  surface: Surface,
  body: object,
  options: { readonly stopAfterMs?: number } = {},
): Promise<Answer> {
  const target = context.facts.target!;
  const headers = { ...target.headers, ...context.facts.auth?.headers };
  const request = { path: target.path(surface), headers, body, ...options };
  return probe(target, request, { ...lineOptions(context), now: () => context.world.now() });
}

/** Who asks, for the client's error texts. */
export function asker({ facts }: Context): { readonly type: ErrorContext["auth"]; readonly principal: string | undefined } {
  return { type: facts.auth?.type ?? "api_key", principal: facts.auth?.claims?.objectId };
}

export type Body = { readonly [name: string]: unknown };

/** A request parameter that the deployment does not take, or knows by another name. */
export interface Repair {
  readonly name: string;
  /** Undefined: it is left out. */
  readonly to: string | undefined;
}

/** A body without what the deployment refused. */
export function repaired(body: Body, repairs: readonly Repair[]): Body {
  return repairs.reduce((changed, { name, to }) => {
    if (!(name in changed)) return changed;
    const { [name]: value, ...rest } = changed;
    return to === undefined ? rest : { ...rest, [to]: value };
  }, body);
}

/** A short question for either API. `tokens` bounds the answer. */
export function question(surface: Surface, deployment: string, text: string, options: { tokens: number; stream: boolean }): Body {
  const { tokens, stream } = options;
  if (surface === "responses") {
    return { model: deployment, input: text, max_output_tokens: tokens, store: false, ...(stream ? { stream } : {}) };
  }
  const messages = [{ role: "user", content: text }];
  return { model: deployment, messages, max_completion_tokens: tokens, ...(stream ? { stream } : {}) };
}

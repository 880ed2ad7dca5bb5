import type { Config } from "../../config/config.ts";
import { credentialFor } from "../credential.ts";
import { caOf } from "./ca-file.ts";

export interface TokenRequest {
  readonly config: Config;
  readonly scope: string;
  readonly signal: AbortSignal;
}

/** A token and which credential gave it, where that can be told. */
export interface SeenToken {
  readonly token: string;
  readonly source: string | null;
}

/** Gets a token as the client does. Rejects with what the credential says. */
export async function seeToken({ config, scope, signal }: TokenRequest): Promise<SeenToken> {
  const { credential } = credentialFor(config);
  // A configuration holds a key or an identity; other sources of tokens are given in code only.
  if (credential.type !== "entra") return { token: "", source: null };
  const [{ entraToken }, { trustedRoots }] = await Promise.all([import("../../azure/entra.ts"), import("../../azure/trust.ts")]);
  const ca = caOf(config);
  const network = ca === undefined ? {} : { ca: trustedRoots({ ca, system: false }) };
  const watched = await watchWinner(() => entraToken(credential, { scope, signal, ...network }));
  const chosen = credential.clientSecret === undefined ? credential.only : "the client secret in .env";
  return { token: textOf(watched.answer), source: chosen ?? watched.winner };
}

function textOf(answer: string | { readonly token: string } | null): string {
  return answer === null ? "" : typeof answer === "string" ? answer : answer.token;
}

/** Which credential of the chain gave the token is told nowhere but in the library's log. */
async function watchWinner<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly winner: string | null }> {
  const { logger } = await import("@azure/identity");
  const { enabled, log } = logger.info;
  let winner: string | null = null;
  logger.info.enabled = true;
  logger.info.log = (...words) => {
    winner = /Result for (\w+Credential): SUCCESS/.exec(words.join(" "))?.[1] ?? winner;
  };
  try {
    return { answer: await work(), winner };
  } finally {
    logger.info.enabled = enabled;
    logger.info.log = log;
  }
}

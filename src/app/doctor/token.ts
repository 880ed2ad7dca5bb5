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
  if (credential.type === "api_key") return { token: "", source: null };
  if (credential.type === "token") {
    const answer = await credential.getToken({ scope, signal, forceRefresh: false });
    return { token: textOf(answer), source: "the client secret in .env" };
  }
  const [{ entraToken }, { trustedRoots }] = await Promise.all([import("../../azure/entra.ts"), import("../../azure/trust.ts")]);
  const ca = caOf(config);
  const network = ca === undefined ? {} : { ca: trustedRoots({ ca, system: false }) };
  const watched = await watchWinner(() => entraToken(credential, { scope, signal, ...network }));
  return { token: textOf(watched.answer), source: credential.only ?? watched.winner };
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

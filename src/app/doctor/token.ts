import type { Config } from "../../config/config.ts";

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

/** Gets a token as the client does. */
export async function seeToken({ config, scope, signal }: TokenRequest): Promise<SeenToken> {
  const { entraToken } = await import("../../azure/entra.ts");
  const answer = await entraToken(
    { type: "entra", ...(config.azure.clientId ? { clientId: config.azure.clientId } : {}) },
    { scope, signal },
  );
  return { token: answer === null ? "" : typeof answer === "string" ? answer : answer.token, source: null };
}

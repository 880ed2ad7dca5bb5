import { LecternError } from "../core/errors.ts";
import { isSignIn } from "./auth/types.ts";
import { EngineSession, loadSdk, type Sdk } from "./engine.ts";
import { httpStatus, needsSignIn, reasonOf } from "./errors.ts";
import { abortable, type Opened, type OpenOptions, sessionOptions } from "./opening.ts";
import type { HttpServer } from "./servers.ts";
import { GuardedTransport } from "./transport/guard.ts";
import { engineAuth, type HttpTransport, openHttp, openSse } from "./transport/http.ts";

const maxSignIns = 2;

/** Only these three say "not this transport". Source: MCP 2026-07-28, transports, backwards compatibility. */
const meansOtherTransport = (error: unknown): boolean => [400, 404, 405].includes(httpStatus(error) ?? 0);

/** Source: RFC 6750 section 5.3: bearer tokens need TLS. Loopback never leaves the machine. */
function isEncryptedOrLocal(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** Connects over Streamable HTTP, or the older HTTP transport where the server knows only that. Rejects with the reason of the first. */
export async function openOverHttp(config: HttpServer, options: OpenOptions): Promise<Opened> {
  if (config.auth !== undefined && !isEncryptedOrLocal(config.url)) {
    throw new LecternError("config", "its credentials would travel unencrypted", { fix: "Use https for this server." });
  }
  const sdk = await loadSdk();
  if (config.auth !== undefined) options.credentials.provider ??= engineAuth(sdk, config.auth);
  try {
    return await withSignIn(config, options, () => attempt(sdk, config, options, openHttp));
  } catch (error) {
    if (!meansOtherTransport(error) || config.era === "modern") throw error;
    return await withSignIn(config, options, () => attempt(sdk, config, options, openSse)).catch(() => {
      throw error;
    });
  }
}

/** A refused attempt, with the transport on which the sign-in can be finished. */
interface Refused {
  readonly error: unknown;
  readonly http: HttpTransport;
}

async function withSignIn(config: HttpServer, options: OpenOptions, connect: () => Promise<Opened | Refused>): Promise<Opened> {
  for (let signIns = 0; ; signIns++) {
    const outcome = await connect();
    if ("session" in outcome) return outcome;
    try {
      if (!isSignIn(config.auth) || signIns >= maxSignIns || !needsSignIn(outcome.error)) throw outcome.error;
      options.signal.throwIfAborted();
      await outcome.http.finishSignIn(await config.auth.callback());
    } finally {
      outcome.http.dispose();
    }
  }
}

async function attempt(sdk: Sdk, config: HttpServer, options: OpenOptions, open: typeof openHttp): Promise<Opened | Refused> {
  const http = open({ sdk, config, authProvider: options.credentials.provider, env: options.baseEnv });
  const transport = new GuardedTransport(http.transport);
  const era = open === openSse ? "legacy" : (config.era ?? "auto");
  try {
    const opening = EngineSession.open(sessionOptions(sdk, transport, era, options));
    const session = await abortable(options.signal, opening, () => void transport.close());
    const { auth } = config;
    return {
      session,
      mirrorsHeaders: session.era === "modern",
      reasonFor: reasonOf,
      ...(isSignIn(auth) && { signIn: async () => await http.finishSignIn(await auth.callback()) }),
      close: () => session.close().finally(() => http.dispose()),
    };
  } catch (error) {
    if (options.signal.aborted) http.dispose();
    options.signal.throwIfAborted();
    return { error, http };
  }
}

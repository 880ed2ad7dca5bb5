import { hash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { LecternError } from "../../core/errors.ts";
import type { Caller } from "../../core/served-tools.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { Authenticator } from "./authenticator.ts";
import { bearerToken, insufficientScope, scopeChallenge, unauthenticated } from "./bearer.ts";

export interface TokenAuthOptions {
  /** The one token that opens the door, or `sha256:` and its hash in hex. */
  readonly token?: string;
  /**
   * A file with one entry a line: a token or `sha256:<hex>`, then optionally `name=…`, `groups=a,b` and `scopes=a,b`.
   * Empty lines and lines that begin with `#` are skipped. Read again when it changes.
   */
  readonly tokenFile?: string;
  /** A scope every caller's entry must have. Default: none. */
  readonly scope?: string;
}

interface Entry {
  readonly digest: Buffer;
  readonly caller: Caller;
}

const shortestToken = 8;
/** How often the token file is looked at for changes, at most, in milliseconds. */
const lookAgainMs = 2_000;

/** Static bearer tokens. Throws a LecternError `config` where there is no usable token. */
export function tokenAuthenticator({ token, tokenFile, scope }: TokenAuthOptions): Authenticator {
  const fixed = token === undefined ? [] : [readEntry(token, 1)];
  const file = tokenFile === undefined ? undefined : watchedEntries(tokenFile);
  if (fixed.length === 0 && (file === undefined || file().length === 0)) {
    throw new LecternError("config", "Token authentication is on, but there is no token.", {
      fix: "Give a file with one token a line by --token-file.",
    });
  }
  const parts = scope === undefined ? {} : { scope };
  return {
    checksScopes: true,
    challenge: (scopes) => scopeChallenge({ scope: scopes.join(" ") }),
    authenticate: (headers: HeaderMap) => {
      const presented = bearerToken(headers);
      const found = presented === undefined ? undefined : match(presented, [...fixed, ...(file?.() ?? [])]);
      if (found === undefined) return unauthenticated(headers, parts);
      return scope === undefined || found.scopes.includes(scope) ? found : insufficientScope(parts);
    },
  };
}

/** Compares hashes, all of them, in constant time: neither length nor position of a match shows in the time it takes. */
function match(presented: string, entries: readonly Entry[]): Caller | undefined {
  const digest = sha256(presented);
  let found: Caller | undefined;
  for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry.caller;
  return found;
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function readEntry(line: string, number: number): Entry {
  const [secret = "", ...rest] = line.trim().split(/\s+/);
  const hex = /^sha256:([0-9a-f]{64})$/i.exec(secret)?.[1];
  if (hex === undefined && (secret.length < shortestToken || secret.startsWith("sha256:"))) {
    throw new LecternError("config", `Token ${number} is too short or not a SHA-256 hash.`, {
      fix: `Use at least ${shortestToken} random characters, or sha256: and 64 hexadecimal digits.`,
    });
  }
  const settings = new Map(rest.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)] as const));
  const list = (name: string): readonly string[] => settings.get(name)?.split(",").filter(Boolean) ?? [];
  const digest = hex === undefined ? sha256(secret) : Buffer.from(hex, "hex");
  // Without a name the hash tells callers apart, so that one cannot use the other's session.
  const subject = settings.get("name") ?? `token-${digest.toString("hex").slice(0, 12)}`;
  return { digest, caller: { subject, groups: list("groups"), scopes: list("scopes") } };
}

/** The entries of a file, read again when its time of change moves. A file that has become unreadable keeps its last entries. */
function watchedEntries(path: string): () => readonly Entry[] {
  const read = (): readonly Entry[] =>
    readFileSync(path, "utf8")
      .split(/\r?\n/)
      .flatMap((line, at) => (line.trim() === "" || line.startsWith("#") ? [] : [readEntry(line, at + 1)]));
  const changedAt = (): number => statSync(path).mtimeMs;
  let entries: readonly Entry[];
  let seen: number;
  try {
    seen = changedAt();
    entries = read();
  } catch (cause) {
    if (cause instanceof LecternError) throw cause;
    throw new LecternError("config", "The token file cannot be read.", { fix: "Check --token-file.", cause });
  }
  let lookedAt = Date.now();
  return () => {
    if (Date.now() - lookedAt < lookAgainMs) return entries;
    lookedAt = Date.now();
    try {
      const now = changedAt();
      if (now !== seen) entries = read();
      seen = now;
    } catch {
      return entries;
    }
    return entries;
  };
}

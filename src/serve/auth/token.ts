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
   * Empty lines and lines that begin with `#` are skipped. Read again when it changes; a file that is away opens no door after 30 s.
   */
  readonly tokenFile?: string;
  /** Told, in words fit for a log, when the file cannot be read again as it should: never a token. Default: nobody. */
  readonly onProblem?: (problem: string) => void;
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
/** How long after the file was last seen its entries still count, in milliseconds: files are exchanged in steps. */
const keepAbsentMs = 30_000;

/** Static bearer tokens. Throws a LecternError `config` where there is no usable token. */
export function tokenAuthenticator({ token, tokenFile, scope, onProblem = () => {} }: TokenAuthOptions): Authenticator {
  const fixed = token === undefined ? [] : [readEntry(token, 1)];
  const file = tokenFile === undefined ? undefined : watchedEntries(tokenFile, onProblem);
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
    throw new LecternError("config", `The token on line ${number} is too short or not a SHA-256 hash.`, {
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

/**
 * The entries of a file, read again when it changes. Whoever takes a token out of it must be able to rely on that, so a line that cannot be
 * read keeps no other in force, and the entries of a file that is away count for a short while only.
 */
function watchedEntries(path: string, onProblem: (problem: string) => void): () => readonly Entry[] {
  let entries: readonly Entry[];
  let seen: string;
  try {
    seen = stampOf(path);
    entries = linesOf(path).map(({ line, number }) => readEntry(line, number));
  } catch (cause) {
    if (cause instanceof LecternError) throw cause;
    throw new LecternError("config", "The token file cannot be read.", { fix: "Check --token-file.", cause });
  }
  let lookedAt = Date.now();
  let foundAt = lookedAt;
  const look = (now: number): void => {
    try {
      const stamp = stampOf(path);
      if (stamp !== seen) entries = readableEntries(path, onProblem);
      seen = stamp;
      foundAt = now;
    } catch {
      if (Math.abs(now - foundAt) < keepAbsentMs || entries.length === 0) return;
      entries = [];
      seen = "";
      onProblem("The token file cannot be read, so its tokens no longer open the door.");
    }
  };
  return () => {
    const now = Date.now();
    // A clock may be set back.
    if (Math.abs(now - lookedAt) >= lookAgainMs) {
      lookedAt = now;
      look(now);
    }
    return entries;
  };
}

/** Changes whenever the file does: another time, size or file. */
function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}

function linesOf(path: string): { readonly line: string; readonly number: number }[] {
  const lines = readFileSync(path, "utf8")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/);
  return lines
    .map((line, at) => ({ line: line.trim(), number: at + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"));
}

function readableEntries(path: string, onProblem: (problem: string) => void): Entry[] {
  return linesOf(path).flatMap(({ line, number }) => {
    try {
      return [readEntry(line, number)];
    } catch (thrown) {
      if (!(thrown instanceof LecternError)) throw thrown;
      onProblem(`${thrown.message} It opens no door; the other lines of the token file count.`);
      return [];
    }
  });
}

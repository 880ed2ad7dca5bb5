import type { Json } from "../core/json.ts";

/** Seals what a multi-round call has to remember, so that the client can carry it without reading or changing it. */
export interface StateSeal {
  close(state: Json, binding: string): string;
  /** Undefined for anything not sealed here, for another binding, expired or already used. */
  open(sealed: string, binding: string): Json | undefined;
}

export interface StateSealOptions {
  /** Default 600,000 (ten minutes). */
  readonly ttlMs?: number;
  readonly now?: () => number;
}

const nonceBytes = 12;
const tagBytes = 16;
/** Opened seals are remembered until they expire; beyond this many the oldest are forgotten first. */
const maxRemembered = 10_000;

/**
 * AES-256-GCM under a key of this process. A seal opens once, for the binding it was made for, until it expires.
 * A restart forgets the key: clients then start the call afresh.
 */
export function createStateSeal({ ttlMs = 600_000, now = Date.now }: StateSealOptions = {}): StateSeal {
  // Most servers never seal anything, so the module is fetched when one does.
  const crypto = () => process.getBuiltinModule("node:crypto");
  let key: Buffer | undefined;
  const keyOf = (): Buffer => (key ??= crypto().randomBytes(32));
  const used = new Map<string, number>();

  const remember = (nonce: string): boolean => {
    if (used.has(nonce)) return false;
    used.set(nonce, now());
    if (used.size > maxRemembered) used.delete(used.keys().next().value!);
    return true;
  };
  return {
    close: (state, binding) => {
      const nonce = crypto().randomBytes(nonceBytes);
      const cipher = crypto().createCipheriv("aes-256-gcm", keyOf(), nonce).setAAD(Buffer.from(binding));
      const text = JSON.stringify({ state, until: now() + ttlMs });
      return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    open: (sealed, binding) => {
      const bytes = Buffer.from(sealed, "base64url");
      // Other spellings of the same bytes are refused too: a seal has one text.
      if (bytes.length <= nonceBytes + tagBytes || bytes.toString("base64url") !== sealed) return undefined;
      const nonce = bytes.subarray(0, nonceBytes);
      const opener = crypto().createDecipheriv("aes-256-gcm", keyOf(), nonce, { authTagLength: tagBytes });
      opener.setAAD(Buffer.from(binding)).setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = opener.update(bytes.subarray(nonceBytes, -tagBytes), undefined, "utf8") + opener.final("utf8");
        const { state, until } = JSON.parse(text) as { state: Json; until: number };
        return now() <= until && remember(nonce.toString("hex")) ? state : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

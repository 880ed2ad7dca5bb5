import { createHash } from "node:crypto";
import type { ServerConfig } from "./servers.ts";
import type { Era } from "./session.ts";

/**
 * Remembers which protocol a server spoke last, so that older servers need not be asked a question they do not know.
 * The caller owns it and may keep it on disk; entries should be forgotten after about a week, since servers get updated.
 */
export interface EraStore {
  get(key: string): Promise<Era | undefined> | Era | undefined;
  set(key: string, era: Era): Promise<void> | void;
}

/** Names a server by what it is started from, without showing it (arguments may hold secrets). */
export function eraKey(config: ServerConfig): string {
  const identity =
    config.type === "stdio" ? [config.command, ...(config.args ?? [])] : config.type === "http" ? [config.url] : ["in_process"];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32);
}

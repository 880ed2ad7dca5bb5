import type { EraStore } from "../mcp/era-store.ts";
import { JsonFile } from "./json-file.ts";

/** Servers get updated, so a verdict is forgotten after a week, in milliseconds. */
const lifetimeMs = 7 * 24 * 3600 * 1000;
type Entry = { readonly era: "modern" | "legacy"; readonly at: number };

/** Remembers on disk which protocol each server spoke. A file that cannot be read or written is as good as none. */
export function fileEraStore(path: string): EraStore {
  const file = new JsonFile<Record<string, Entry>>(path, {});
  return {
    get(key) {
      const entry = file.read()[key];
      return entry && Date.now() - entry.at < lifetimeMs ? entry.era : undefined;
    },
    set(key, era) {
      if (file.read()[key]?.era === era) return;
      file.update((entries) => ({ ...entries, [key]: { era, at: Date.now() } }));
    },
  };
}

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { LecternError } from "../core/errors.ts";
import { JsonFile } from "./json-file.ts";

/** What the user approved, by hash of everything that decides what runs or where something is sent, so that any change asks again. */
interface Approvals {
  readonly servers?: Readonly<Record<string, Approval>>;
  readonly endpoints?: Readonly<Record<string, Approval>>;
}
interface Approval {
  /** For people who look into the file: name and place, nothing secret. */
  readonly what: string;
  readonly at: string;
}

export interface ApprovalList {
  has(hash: string): boolean;
  add(hash: string, what: string): void;
  remove(hash: string): void;
}

/** One kind of approvals in the user's state folder. `add` throws `config` where they cannot be written. */
export function openApprovals(config: Config, kind: keyof Approvals): ApprovalList {
  const path = join(config.stateDir, "trust.json");
  const file = new JsonFile<Approvals>(path, {});
  const known = (): Readonly<Record<string, Approval>> => file.read()[kind] ?? {};
  const update = (change: (entries: Readonly<Record<string, Approval>>) => Readonly<Record<string, Approval>>): void => {
    if (file.update((all) => ({ ...all, [kind]: change(all[kind] ?? {}) }))) return;
    throw new LecternError("config", `The approval cannot be kept: ${path} cannot be written.`, {
      fix: "Make the folder writable, or name another one by LECTERN_STATE_DIR.",
    });
  };
  return {
    has: (hash) => Object.hasOwn(known(), hash),
    add: (hash, what) => update((entries) => ({ ...entries, [hash]: { what, at: new Date().toISOString() } })),
    remove: (hash) => update((entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => key !== hash))),
  };
}

/** One hash of everything that an approval covers. */
export const hashOf = (parts: readonly unknown[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex");

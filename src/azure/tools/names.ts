import { shortHash } from "../hash.ts";

/** Longest tool name Azure takes, in characters. Source: Azure OpenAI REST reference, `^[a-zA-Z0-9_-]{1,64}$`, read 2026-11. */
export const maxToolNameLength = 64;
const legal = /^[a-zA-Z0-9_-]{1,64}$/;
const hashLength = 8;

/** A name Azure accepts for a tool: legal names stay, others are cleaned, cut and told apart by a hash of the whole name. Pure, so histories keep their names. */
export function toWireName(name: string): string {
  return legal.test(name) ? name : hashedName(name);
}

function hashedName(name: string): string {
  const hash = shortHash(name, hashLength);
  const clean = name.replace(/[^a-zA-Z0-9_-]+/g, "_").slice(0, maxToolNameLength - hashLength - 1);
  return `${clean}_${hash}`;
}

/** Names on the wire for a tool list, and back. Two tools never share one: where a cleaned name is taken, both get their hash. */
export class ToolNames {
  readonly #wireByName = new Map<string, string>();
  readonly #nameByWire = new Map<string, string>();

  constructor(names: readonly string[]) {
    const unique = [...new Set(names)];
    // Legal names first, so that only the name that needed cleaning has to give way.
    for (const name of [...unique.filter((n) => legal.test(n)), ...unique.filter((n) => !legal.test(n))]) {
      let wire = toWireName(name);
      for (let salt = 1; this.#nameByWire.has(wire); salt++) wire = hashedName(`${name}\u0000${salt}`);
      this.#wireByName.set(name, wire);
      this.#nameByWire.set(wire, name);
    }
  }

  /** Also for names that are not in the list: a history may speak of tools that are gone. */
  wire(name: string): string {
    return this.#wireByName.get(name) ?? toWireName(name);
  }

  /** The tool a name on the wire means; the name itself where the model made one up. */
  original(wire: string): string {
    return this.#nameByWire.get(wire) ?? wire;
  }
}

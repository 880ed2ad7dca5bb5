import type { DatabaseSync } from "node:sqlite";
import { minPart } from "../../text/compounds.ts";

/** Gives terms their numbers; new ones are added. */
export interface Vocabulary {
  numbers(terms: readonly string[]): Uint32Array;
  /** Makes long terms findable by what they contain. */
  addCompounds(terms: Iterable<string>): void;
}

export function createVocabulary(database: DatabaseSync): Vocabulary {
  const add = database.prepare("INSERT INTO vocabulary(term) VALUES(?) ON CONFLICT DO NOTHING");
  const find = database.prepare("SELECT id FROM vocabulary WHERE term = ?");
  const addLong = database.prepare("INSERT INTO long_terms(id) VALUES(?) ON CONFLICT DO NOTHING");
  const addCompound = database.prepare("INSERT INTO compounds(rowid, term) VALUES(?, ?)");
  const known = new Map<string, number>();
  const long = new Set<string>();

  const numberOf = (term: string): number => {
    let number = known.get(term);
    if (number === undefined) {
      const { changes, lastInsertRowid } = add.run(term);
      number = changes > 0 ? Number(lastInsertRowid) : Number(find.get(term)!.id);
      known.set(term, number);
    }
    return number;
  };
  return {
    numbers: (terms) => Uint32Array.from(terms, numberOf),
    addCompounds(terms) {
      for (const term of terms) {
        if (term.length < 2 * minPart - 1 || long.has(term)) continue;
        long.add(term);
        const id = numberOf(term);
        if (addLong.run(id).changes > 0) addCompound.run(id, term);
      }
    },
  };
}

/** Numbers as they are stored. */
export const toBlob = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Numbers as they were stored; the bytes are copied only where they do not begin at a word. */
export function fromBlob(blob: unknown): Uint32Array {
  if (!(blob instanceof Uint8Array)) return new Uint32Array();
  const bytes = blob.byteOffset % 4 === 0 ? blob : blob.slice();
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

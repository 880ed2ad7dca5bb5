import type { DatabaseSync } from "node:sqlite";
import { minPart } from "../../text/compounds.ts";

/** Gives terms their numbers; new ones are added. */
export interface Vocabulary {
  numbers(terms: readonly string[]): number[];
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
    numbers: (terms) => terms.map(numberOf),
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

/** Stands between fields; term numbers begin above it. */
const fieldEnd = "\u0001";
const firstCode = 1;
const surrogates = { from: 0xd800, count: 0x800 };

/**
 * Fields of term numbers as one text: a character a term. SQLite hands texts over many times faster than as many small blobs, and a
 * character needs no cutting. Room for a million terms.
 */
export const toText = (fields: readonly (readonly number[])[]): string =>
  fields.map((numbers) => numbers.map(toCharacter).join("")).join(fieldEnd);

function toCharacter(number: number): string {
  const code = number + firstCode;
  return String.fromCodePoint(code < surrogates.from ? code : code + surrogates.count);
}

/** The fields that `toText` wrote; as many as asked for. */
export function fromText(text: unknown, count: number): number[][] {
  const fields: number[][] = Array.from({ length: count }, () => []);
  const characters = typeof text === "string" ? text : "";
  let field = 0;
  for (let i = 0; i < characters.length; i++) {
    let code = characters.charCodeAt(i);
    if (code === 1) {
      field++;
      continue;
    }
    if (code >= surrogates.from && code < surrogates.from + surrogates.count) code = characters.codePointAt(i++)!;
    fields[field]?.push((code > surrogates.from ? code - surrogates.count : code) - firstCode);
  }
  return fields;
}

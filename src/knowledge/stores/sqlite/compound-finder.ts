import type { DatabaseSync } from "node:sqlite";
import type { Figures } from "../../search/score.ts";
import type { Analyzer } from "../../text/analyzer.ts";
import { compoundLanguages, minPart, splitCompound } from "../../text/compounds.ts";

/** Compounds that are taken into account for one word, the commonest first. */
const maxCompounds = 10;

/** Finds the terms that a word is part of (Elternzeit in Elternzeitregelung) or made of, as far as the reader's part of the base holds them. */
export function createCompoundFinder(
  database: DatabaseSync,
  analyzer: Analyzer,
): (word: string, lang: string, figures: Figures) => string[] {
  const holding = database.prepare(
    "SELECT v.term FROM compounds c JOIN vocabulary v ON v.id = c.rowid WHERE compounds MATCH ? AND length(v.term) > ? LIMIT 100",
  );
  return (word, lang, figures) => {
    if (!compoundLanguages.has(lang)) return [];
    const term = analyzer.stem(word, lang);
    const knows = (stem: string): boolean => figures.term(stem).chunks > 0;
    const parts = word.length < 2 * minPart ? [] : splitCompound(word, { stem: (part) => analyzer.stem(part, lang), knows });
    if (term.length < minPart) return parts;
    const compounds = holding
      .all(`"${term.replaceAll('"', "")}"`, term.length + 2)
      .map((row) => String(row.term))
      .filter(knows)
      .sort((a, b) => figures.term(b).chunks - figures.term(a).chunks || (a < b ? -1 : 1));
    return [...parts, ...compounds.slice(0, maxCompounds)];
  };
}

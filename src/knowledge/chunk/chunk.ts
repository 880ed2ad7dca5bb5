import type { LoadedDocument, Section } from "../load/document.ts";
import { packBlocks, splitBlocks } from "./blocks.ts";

/** A passage as it is indexed and shown. Lines count from 0; `to` is exclusive. */
export interface Chunk {
  /** Anchor of its section, with `~2`, `~3`, ... on the later parts of a long one. */
  readonly anchor: string;
  readonly trail: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Readable text, heading lines included. */
  readonly text: string;
  readonly kind: Section["kind"];
  /** Below 1 where the passage mostly points elsewhere. */
  readonly weight: number;
}

/** Longest text of a chunk and of a result, in characters (contract of `search_knowledge_base`); shorter chunks are shown with what stands around them. */
export const maxPassageChars = 1200;

/** Cuts a document at its sections and, where those are long, at blocks, list items, rows and sentences. */
export function chunkDocument(document: LoadedDocument): Chunk[] {
  const chunks: Chunk[] = [];
  let carried: Section | null = null;
  document.sections.forEach((section, i) => {
    const start: number = carried?.from ?? section.from;
    const next = document.sections[i + 1];
    if (isBare(document.lines, section) && next !== undefined && next.trail.length > section.trail.length) {
      // A heading without text of its own opens the first of its subsections.
      carried ??= section;
      return;
    }
    carried = null;
    // The question of an entry is its heading; its passage is the answer.
    for (const chunk of chunkSection(document, section, section.kind === "entry" ? section.body : start)) chunks.push(chunk);
  });
  return chunks;
}

const isBare = (lines: readonly string[], section: Section): boolean =>
  section.kind === "prose" && lines.slice(section.body, section.to).every((line) => line.trim() === "");

function chunkSection(document: LoadedDocument, section: Section, from: number): Chunk[] {
  const blocks = splitBlocks(document.lines, { from, to: section.to, maxChars: maxPassageChars });
  return packBlocks(blocks, maxPassageChars).map((part, n) => ({
    anchor: n === 0 ? section.anchor : `${section.anchor}~${n + 1}`,
    trail: section.trail,
    from: part.from,
    to: part.to,
    text: part.text,
    kind: section.kind,
    weight: linkWeight(part.text),
  }));
}

/** Pages that only list other pages hold all their titles and would outrank them. */
function linkWeight(text: string): number {
  const items = text.split("\n").filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  if (items.length < 3) return 1;
  const links = items.filter((line) => /^\s*(?:[-*+]|\d+[.)]|\|)?\s*!?\[[^\]]*\]\([^)]*\)[\s.,;|]*$/.test(line)).length;
  return links / items.length >= 0.6 ? 0.5 : 1;
}

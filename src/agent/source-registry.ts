import { randomInt } from "node:crypto";
import type { SourceSpan } from "../core/events.ts";
import type { Content, Passage, ToolResult } from "../core/tools.ts";
import { plainWords } from "./quote-guard.ts";
import { isFence, type Segment, toSegments } from "./segments.ts";

/** One numbered segment: where its bytes stand. */
interface Numbered extends Segment {
  readonly source: ShownPassage;
  /** The heading it stands under: a passage may run over several short sections. */
  readonly heading: string | null;
}
interface ShownPassage {
  readonly server: string;
  readonly passage: Passage;
}

interface HandedIn {
  readonly name: string;
  readonly text: string;
  /** The server it was read from. */
  readonly server?: string;
}

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
const letters = alphabet.indexOf("2");
/** Anything in foreign text that could be read as one of our markers, in the bracket forms models write. */
const lookAlike = /([[【⟦［]{1,2}\s*)((?=\d*[a-z])[a-z0-9]{2,8})(?=[.:](?:\d|none|partial))/gi;
/** Segments numbered per tool result; what is beyond is shown unnumbered, so it can be read but not cited. */
const maxSegmentsPerResult = 3000;

/** A key for the markers of one turn: 4 characters that no tool can have known beforehand, the first a letter, so that no number is taken for a key. */
function newMarkerKey(): string {
  return Array.from({ length: 4 }, (_, at) => alphabet[randomInt(at === 0 ? letters : alphabet.length)]).join("");
}

/**
 * Breaks marker look-alikes in foreign text with a space before the dot, so that only the host's own markers have their form. `isKey` knows the
 * conversation's keys: single brackets around anything else (`[12:30:01]`, `[v1.2]`) are the author's, and are read as that.
 */
export function escapeLookAlikes(text: string, isKey: (key: string) => boolean = () => true): string {
  if (!/[[【⟦［]/.test(text)) return text;
  return text.replace(lookAlike, (whole, opening: string, key: string) =>
    opening.trimEnd().length > 1 || isKey(key.toLowerCase()) ? `${whole} ` : whole,
  );
}

/**
 * All passages shown to the model in one conversation, by marker. Only what was shown here can be cited: that is what makes a
 * citation `verified`. Decision: docs/decisions/0002-citations-made-by-the-host.md.
 */
export class SourceRegistry {
  readonly #numbered = new Map<string, Numbered>();
  readonly #keys = new Set<string>();
  #key = newMarkerKey();
  #next = 1;

  /** The marker key of the current turn. */
  get key(): string {
    return this.#key;
  }

  /** Starts a turn with a fresh key; markers of earlier turns stay valid, since their tool results are still in the conversation. */
  startTurn(): string {
    do this.#key = newMarkerKey();
    while (
      // In a long conversation a key would come again by chance, and its markers would then mean another source.
      this.#keys.has(this.#key)
    );
    this.#keys.add(this.#key);
    this.#next = 1;
    return this.#key;
  }

  /** Whether a marker key was ever given out in this conversation. */
  knows(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Whether any passage that was shown holds these words, both without punctuation and case (`plainWords`). */
  holds(words: string): boolean {
    const passages = new Set([...this.#numbered.values()].map(({ source }) => source.passage));
    return [...passages].some(({ text, heading, title }) =>
      [text, heading, title].some((each) => each && plainWords(each).includes(words)),
    );
  }

  /** Foreign text in which nothing has the form of one of this conversation's markers. */
  escape(text: string): string {
    return escapeLookAlikes(text, (key) => this.#keys.has(key));
  }

  /** How many segments can be cited in all. */
  get size(): number {
    return this.#numbered.size;
  }

  /** The text of a tool result as the model sees it: every sentence, row and item on its own line behind its marker. */
  show(server: string, tool: string, result: ToolResult): string {
    const parts: string[] = [];
    let budget = maxSegmentsPerResult;
    const passages = result.passages ?? textPassages(server, tool, result.content);
    if (result.preamble) parts.push(this.escape(result.preamble.trim()), "");
    for (const passage of passages) {
      const lines = this.#number(server, passage, budget);
      budget -= lines.used;
      parts.push(`--- ${this.escape(headline(server, tool, passage))}`, lines.text, "");
    }
    if (passages.length === 0 && parts.length === 0) parts.push(nothingToRead(result.content));
    return parts.join("\n").trim();
  }

  /** Numbers a text that the user handed in (piped input), or had read from a server: citable like any tool result. */
  showAttachment({ name, text, server }: HandedIn, number = 1): string {
    // What a server says is cited as that server's: its address must not pass for a document of ours.
    const passage: Passage =
      server === undefined
        ? { uri: `attachment:${name}`, path: name, title: name, heading: null, text }
        : { uri: `${server}:read_resource#${number}`, path: null, title: null, heading: name, text };
    return `--- ${this.escape(name)}\n${this.#number(server ?? "attachment", passage, maxSegmentsPerResult).text}`;
  }

  /** The spans that a marker (or run of markers) names, adjacent ones joined; undefined where any of them was never shown. */
  spans(key: string, from: number, to: number): readonly SourceSpan[] | undefined {
    if (to < from || to - from > 200) return undefined;
    const found: Numbered[] = [];
    for (let n = from; n <= to; n++) {
      const numbered = this.#numbered.get(`${key}.${n}`);
      if (numbered === undefined) return undefined;
      found.push(numbered);
    }
    const spans: { source: ShownPassage; start: number; end: number; heading: string | null }[] = [];
    for (const { source, start, end, heading } of found) {
      const last = spans.at(-1);
      if (last?.source === source) last.end = end;
      else spans.push({ source, start, end, heading });
    }
    return spans.map(toSpan);
  }

  #number(server: string, passage: Passage, budget: number): { text: string; used: number } {
    const source: ShownPassage = { server, passage };
    const lines: string[] = [];
    let used = 0;
    let heading = openingHeading(passage);
    let isCode = false;
    const { text } = passage;
    // Documents are written to be read; what other servers answer, or a pipe brings, may be data or code, whose lines mean something.
    const keepLines = passage.path === null || passage.uri.startsWith("attachment:");
    for (const segment of toSegments(text, { keepLines })) {
      if (isFence(text.slice(segment.start, segment.end))) isCode = !isCode;
      // A comment of a program is no heading.
      if (!isCode) heading = headingAt(passage, segment, heading);
      const words = this.escape(text.slice(segment.start, segment.end)).replace(/\s*\n\s*/g, " ");
      const shown = (isCode || keepLines ? indentBefore(text, segment.start) : "") + words;
      if (used >= budget) {
        // Set in, so that it cannot pass for the opening of a passage.
        lines.push(`  ${shown}`);
        continue;
      }
      const marker = `${this.#key}.${this.#next++}`;
      this.#numbered.set(marker, { ...segment, source, heading });
      lines.push(`[[${marker}]] ${shown}`);
      used++;
    }
    return { text: lines.join("\n"), used };
  }
}

function headline(server: string, tool: string, passage: Passage): string {
  const where = passage.path ?? `${server}:${tool}`;
  const heading = passage.heading ?? passage.title;
  return `${where}${heading ? ` > ${heading}` : ""}${passage.remark ? ` (${passage.remark})` : ""}`;
}

/** The white space before a place, where nothing else stands before it on its line; at most 40 characters. */
const indentBefore = (text: string, at: number): string =>
  /(?:^|\n)([ \t]{1,40})$/.exec(text.slice(Math.max(0, at - 41), at))?.[1] ?? "";

const headingLine = /^#{1,6}\s+(.+?)\s*#*$/;
const leafOf = (breadcrumb: string): string => breadcrumb.split(" > ").at(-1)!.trim();

/** The heading above the first line of a passage: its own, unless that stands further down and the passage opens with the section before. */
function openingHeading({ heading, title, text }: Passage): string | null {
  if (heading === null) return null;
  const later = text.split("\n").findIndex((line) => headingLine.exec(line)?.[1] === leafOf(heading));
  return later > 0 &&
    text
      .split("\n")
      .slice(0, later)
      .some((line) => line.trim() !== "")
    ? title
    : heading;
}

function headingAt(passage: Passage, segment: Segment, above: string | null): string | null {
  const found = headingLine.exec(passage.text.slice(segment.start, segment.end))?.[1];
  if (found === undefined || passage.heading === null) return above;
  return leafOf(passage.heading) === found ? passage.heading : found;
}

/** Answers of servers that do not speak of documents: each text block is a passage of its own. */
function textPassages(server: string, tool: string, content: readonly Content[]): readonly Passage[] {
  const texts = content.flatMap((block) =>
    block.type === "text" || block.type === "resource"
      ? [block.text]
      : block.type === "link"
        ? [`${block.name}: ${block.uri}`]
        : [],
  );
  return texts
    .filter((text) => text.trim() !== "")
    .map((text, index) => ({ uri: `${server}:${tool}#${index + 1}`, path: null, title: null, heading: null, text }));
}

/** Pictures go to the model beside the text. */
function nothingToRead(content: readonly Content[]): string {
  if (content.some(({ type }) => type === "image")) return "(the tool answered with a picture)";
  return content.some(({ type }) => type === "audio")
    ? "(the tool answered with sound, which cannot be shown)"
    : "(the tool answered with nothing)";
}

interface Span extends Segment {
  readonly source: ShownPassage;
  readonly heading: string | null;
}

function toSpan({ source, start, end, heading }: Span): SourceSpan {
  const { passage, server } = source;
  const line = passage.line === undefined ? undefined : passage.line + passage.text.slice(0, start).split("\n").length - 1;
  return {
    server,
    uri: passage.uri,
    path: passage.path,
    title: passage.title,
    heading,
    quote: passage.text.slice(start, end),
    ...(line === undefined ? {} : { line }),
    ...(passage.remark === undefined ? {} : { remark: passage.remark }),
  };
}

import type { AnswerFlag, Citation, Outcome, SourceSpan } from "../core/events.ts";
import type { SourceRegistry } from "./source-registry.ts";

/** What a piece of model text becomes: text to show, and citations that came with it. */
export interface Resolved {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** One reference inside a marker: `k3f9.12` or `k3f9.12-15` (models also repeat the key: `k3f9.12-k3f9.15`). */
const reference = String.raw`[a-z0-9]{2,8} ?[.:](?:\d{1,6}(?:\s*[-–]\s*(?:[a-z0-9]{2,8}[.:])?\d{1,6})?|none|partial)`;
/** A whole marker in the forms models write it: doubled or single brackets, several references, 【】. */
const marker = new RegExp(
  String.raw`[ \t]*[[【⟦]{1,2}\s*(${reference}(?:\s*[\]】⟧]{0,2}\s*[,;]\s*[[【⟦]{0,2}\s*${reference})*)\s*[\]】⟧]{1,2}`,
  "gi",
);
const bracket = /[[【⟦]/;
const none: readonly Citation[] = [];
/** A tail that may still become a marker when more text arrives: white space, then an open bracket with marker characters only. */
const unfinished = /[ \t]*(?:[[【⟦]{1,2}[^\]】⟧\n]{0,120}[\]】⟧]?)?$/;

/**
 * Turns the model's markers into citations while the text streams. Text that may still become a marker is held back until it is
 * decided; markers that were never shown are removed and flagged; the same span gets the same number again.
 */
export class CitationResolver {
  readonly #registry: SourceRegistry;
  readonly #numbers = new Map<string, Citation>();
  readonly #flags: AnswerFlag[] = [];
  #pending = "";
  #answer = "";
  #signal: "none" | "partial" | null = null;

  constructor(registry: SourceRegistry) {
    this.#registry = registry;
  }

  /** Takes a piece of the model's text and gives back what can be shown already. */
  push(delta: string): Resolved {
    const text = this.#pending + delta;
    // Almost all pieces hold no bracket, so no marker and no label: only blanks at their end wait for what follows.
    const plain = !bracket.test(text);
    const end = plain ? endOfText(text) : text.length - (unfinished.exec(text)?.[0].length ?? 0);
    this.#pending = text.slice(end);
    const ready = text.slice(0, end);
    if (!plain) return this.#resolve(ready);
    this.#answer += ready;
    return { text: ready, citations: none };
  }

  /** The end of the reply: gives back what was held. */
  flush(): Resolved {
    const rest = this.#pending;
    this.#pending = "";
    return this.#resolve(rest);
  }

  /** The reply is started afresh: its text, citations and signals so far are void. */
  restart(): void {
    this.#pending = "";
    this.#answer = "";
    this.#signal = null;
    this.#numbers.clear();
    this.#flags.length = 0;
  }

  /** The reply's text so far, as shown. */
  get answer(): string {
    return this.#answer;
  }
  get flags(): readonly AnswerFlag[] {
    return this.#flags;
  }
  get citations(): readonly Citation[] {
    return [...this.#numbers.values()];
  }

  /** What the answer amounts to, from the model's own signal and its citations; never from its wording. */
  outcome(): Outcome {
    const cited = this.#numbers.size > 0;
    if (this.#signal === "none") return cited ? "partial" : "not_in_sources";
    if (!cited) return "uncited";
    return this.#signal === "partial" ? "partial" : "answered";
  }

  #resolve(text: string): Resolved {
    if (text === "") return { text: "", citations: [] };
    const made: Citation[] = [];
    let shown = "";
    let at = 0;
    for (const match of text.matchAll(marker)) {
      if (!this.#isOurs(match[0])) continue;
      shown += withoutLabels(text.slice(at, match.index));
      at = match.index + match[0].length;
      const labels = this.#cite(match[1]!, made);
      const glue = labels !== "" && /\s$/.test(`${this.#answer}${shown}`) ? "" : labels === "" ? "" : leadingSpace(match[0]);
      if (!(this.#answer + shown).endsWith(labels) || labels === "") shown += glue + labels;
    }
    shown += withoutLabels(text.slice(at));
    this.#answer += shown;
    return { text: shown, citations: made };
  }

  /** `[10:30]` or `[fig.3]` is the author's own text; a doubled bracket or a key of this conversation is meant as a marker. */
  #isOurs(match: string): boolean {
    return (
      /[[【⟦]{2}/.test(match) ||
      [...match.matchAll(/([a-z0-9]{2,8}) ?[.:]/gi)].some(([, key]) => this.#registry.knows(key!.toLowerCase()))
    );
  }

  #cite(references: string, made: Citation[]): string {
    const labels: string[] = [];
    for (const [, key, broken, first, , last, word] of references.matchAll(
      /([a-z0-9]{2,8})( ?)[.:](?:(\d{1,6})(?:\s*[-–]\s*([a-z0-9]{2,8}[.:])?(\d{1,6}))?|(none|partial))/gi,
    )) {
      // The broken form is how look-alikes of tool text are shown: a model that copies one cites nothing.
      if (broken !== "") this.#flags.push({ kind: "marker", text: `${key}.${word ?? first}` });
      else if (word !== undefined) this.#signalled(key!.toLowerCase(), word.toLowerCase());
      else labels.push(...this.#labels(key!.toLowerCase(), Number(first), Number(last ?? first), made));
    }
    return [...new Set(labels)].join("");
  }

  #signalled(key: string, word: string): void {
    if (key !== this.#registry.key) this.#flags.push({ kind: "marker", text: `${key}.${word}` });
    else this.#signal = word === "none" ? "none" : "partial";
  }

  #labels(key: string, from: number, to: number, made: Citation[]): readonly string[] {
    const spans = this.#registry.spans(key, from, to);
    if (spans === undefined) {
      this.#flags.push({ kind: "marker", text: `${key}.${from}${to === from ? "" : `-${to}`}` });
      return [];
    }
    return spans.map((span) => this.#numberOf(span, made));
  }

  #numberOf(span: SourceSpan, made: Citation[]): string {
    const id = `${span.server}\n${span.uri}\n${span.quote}`;
    const known = this.#numbers.get(id);
    if (known) return known.marker;
    const citation: Citation = { ...span, marker: `[${this.#numbers.size + 1}]`, verified: true };
    this.#numbers.set(id, citation);
    made.push(citation);
    return citation.marker;
  }
}

/** Where a text ends, blanks at its end left out. */
function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end--;
  return end;
}

/** Numbers in brackets are the host's: what the model writes in their form must not pass for a citation. Indexes (`a[1]`) and links stay. */
const withoutLabels = (text: string): string => text.replace(/(?<![\w\])])\[(\d{1,3})\](?![(:\w])/g, "($1)");
const leadingSpace = (match: string): string => (/^[ \t]/.test(match) ? " " : "");

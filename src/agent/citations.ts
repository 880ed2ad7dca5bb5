import type { AnswerFlag, Citation, Outcome, SourceSpan } from "../core/events.ts";
import { betweenMarkers, brackets, decidedEnd, keysIn, type Reference, referencesIn, referenceText } from "./markers.ts";
import { withoutLabels } from "./own-labels.ts";
import type { SourceRegistry } from "./source-registry.ts";

/** What a piece of model text becomes: text to show, and citations that came with it. */
export interface Resolved {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** The opening of anything that could be a marker or be taken for a label. */
const bracket = /[[【⟦［]/;
const none: readonly Citation[] = [];

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
  /** The answer so far ends with a label of ours. */
  #endsWithLabel = false;
  #signal: "none" | "partial" | null = null;

  constructor(registry: SourceRegistry) {
    this.#registry = registry;
  }

  /** Takes a piece of the model's text and gives back what can be shown already. */
  push(delta: string): Resolved {
    const text = this.#pending + delta;
    // Almost all pieces hold no bracket, so no marker and no label: only blanks at their end wait for what follows.
    const plain = !bracket.test(text);
    const end = plain ? endOfText(text) : decidedEnd(text);
    this.#pending = text.slice(end);
    const ready = text.slice(0, end);
    if (!plain || this.#endsWithLabel) return this.#resolve(ready);
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
    this.#endsWithLabel = false;
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
    const before = this.#answer.length;
    const made: Citation[] = [];
    let at = 0;
    for (const match of text.matchAll(brackets)) {
      const references = this.#referencesOf(match);
      if (references === undefined) continue;
      const between = text.slice(at, match.index);
      // A comma between two citations of one claim says nothing.
      const isNext = this.#endsWithLabel && betweenMarkers.test(between);
      if (!isNext) this.#append(between);
      at = match.index + match[0].length;
      const labels = this.#cite(references, made);
      if (labels === "" || this.#answer.endsWith(labels)) continue;
      this.#answer += (isNext || /\s$/.test(this.#answer) ? "" : leadingSpace(match[0])) + labels;
      this.#endsWithLabel = true;
    }
    this.#append(text.slice(at));
    return { text: this.#answer.slice(before), citations: made };
  }

  /** Takes over text of the model. What follows a label of ours must not make a link of it. */
  #append(text: string): void {
    if (text === "") return;
    const makesLink =
      this.#endsWithLabel && (text[0] === "(" || (text[0] === ":" && /(?:^|\n)\s{0,3}(?:\[\d+\])+$/.test(this.#answer)));
    this.#answer += (makesLink ? " " : "") + withoutLabels(text, this.#answer);
    this.#endsWithLabel = false;
  }

  /**
   * What a bracket refers to; empty for one that was meant as a marker and cannot be read, undefined for the author's own. `[10:30]` or `[fig.3]` is the
   * author's own text; a doubled bracket or a key of this conversation is meant as a marker.
   */
  #referencesOf([whole, inside = ""]: RegExpMatchArray): readonly Reference[] | undefined {
    const references = referencesIn(inside);
    const isOurs = keysIn(inside).some((key) => this.#registry.knows(key));
    if (references !== undefined) return isOurs || /[[【⟦［]{2}/.test(whole) ? references : undefined;
    if (!isOurs) return undefined;
    this.#flags.push({ kind: "marker", text: inside.trim().slice(0, 40) });
    return [];
  }

  #cite(references: readonly Reference[], made: Citation[]): string {
    // A model that copies a look-alike out of a tool's text cites nothing, whatever else stands in the same brackets.
    const isCopied = references.some(({ isBroken }) => isBroken);
    const labels = references.flatMap((reference) => {
      if (!isCopied && "signal" in reference && reference.key === this.#registry.key) this.#signal = reference.signal;
      else if (!isCopied && "from" in reference) {
        const spans = this.#registry.spans(reference.key, reference.from, reference.to);
        if (spans !== undefined) return spans.map((span) => this.#numberOf(span, made));
        this.#flags.push({ kind: "marker", text: referenceText(reference) });
      } else this.#flags.push({ kind: "marker", text: referenceText(reference) });
      return [];
    });
    return [...new Set(labels)].join("");
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

const leadingSpace = (match: string): string => (/^[ \t]/.test(match) ? " " : "");

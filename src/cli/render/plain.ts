import { troubled } from "../../app/answer.ts";
import { counted } from "../../core/counted.ts";
import type { Citation, Outcome, RunEvent } from "../../core/events.ts";
import type { ModelDescription, Usage } from "../../core/model.ts";
import { neutralise, oneLine as oneLineOf } from "../../core/neutralise.ts";
import type { Io } from "../command.ts";
import type { Style } from "./style.ts";
import { WordWrap, wrap } from "./wrap.ts";

export interface RendererOptions {
  readonly style: Style;
  /** No progress, tool lines or notices on stderr. */
  readonly quiet: boolean;
  /** Show the answer as it comes; else print it once it is whole. */
  readonly live: boolean;
  /** Whether there is anything to quote: then an answer without a quote is told to be one. */
  readonly canQuote: boolean;
  /** A clock in milliseconds, for tests. */
  readonly now?: () => number;
}

/** How long a tool may work before a word of its progress is shown, and between two of them, in milliseconds. */
const progressPauseMs = 3_000;

/**
 * Renders a run for people: the answer and its sources on stdout, all else on stderr. Only reads events. What the model, servers and
 * documents say is neutralised: a model can be led to print terminal escapes too.
 * Piped output is held until the answer is whole, so that a reader downstream never sees half of one.
 */
export class PlainRenderer {
  readonly #io: Io;
  readonly #options: RendererOptions;
  readonly #begin = performance.now();
  readonly #tools = new Map<string, { readonly text: string; toldAt: number }>();
  #calls = 0;
  #wrap: WordWrap | undefined;
  #atLineStart = true;
  #shown = "";

  constructor(io: Io, options: RendererOptions) {
    this.#io = io;
    this.#options = options;
  }

  /** `model` is asked for its description at the end only. */
  render(event: RunEvent, model: () => ModelDescription): void {
    const { style } = this.#options;
    switch (event.type) {
      case "text":
        if (this.#options.live) this.#stream(neutralise(event.delta));
        return;
      case "reset":
        this.#endText();
        if (this.#options.live && this.#shown.trim() !== "")
          this.#write(`\n${style.dim("(the connection broke: starting this answer afresh)")}\n`);
        this.#shown = "";
        return;
      case "tool_call":
        this.#calls++;
        this.#tools.set(event.id, {
          text: `${event.server ? `${event.server}: ` : ""}${event.tool} ${oneLine(event.arguments)}`,
          toldAt: this.#options.now?.() ?? performance.now(),
        });
        return;
      case "tool_progress":
        this.#progress(event);
        return;
      case "tool_result":
        this.#note(toolLine(event, this.#tools.get(event.id)?.text ?? "", style));
        return;
      case "approval":
        if (event.decision === "denied") this.#note(`✗ not run: ${event.reason}`);
        return;
      case "notice":
      case "server": {
        const line = noticeLine(event);
        if (line !== undefined) this.#note(line);
        return;
      }
      case "done":
        this.#finish(event, model());
        return;
      case "turn_started":
      case "reasoning":
      case "citation":
      case "usage":
        return;
    }
  }

  /** A line now and then in place of a spinner: screen readers and logs can follow it, and a quick tool says nothing. */
  #progress({ id, message, progress, total }: Extract<RunEvent, { type: "tool_progress" }>): void {
    const now = this.#options.now?.() ?? performance.now();
    const call = this.#tools.get(id);
    if (call === undefined || now - call.toldAt < progressPauseMs) return;
    call.toldAt = now;
    const done = total === null ? `${progress}` : `${progress} of ${total}`;
    this.#note(`… ${call.text}: ${message === null ? done : `${oneLine(message)} (${done})`}`);
  }

  #finish(done: Extract<RunEvent, { type: "done" }>, model: ModelDescription): void {
    if (this.#options.live) this.#endText();
    else this.#write(neutralise(done.answer));
    if (!this.#atLineStart) this.#write("\n");
    for (const citation of done.citations) this.#write(`${this.#fitted(citationLine(citation, this.#options.style))}\n`);
    for (const flag of done.flags) this.#note(flagLine(flag));
    const shortfall = this.#options.canQuote ? shortfalls[done.outcome] : undefined;
    if (shortfall !== undefined) this.#note(`! ${shortfall}`);
    this.#note(
      this.#options.style.dim(summary({ calls: this.#calls, ms: performance.now() - this.#begin, model, usage: done.usage })),
    );
  }

  #stream(text: string): void {
    const { columns } = this.#io.stdout;
    if (columns) this.#wrap ??= new WordWrap(() => this.#io.stdout.columns || columns);
    this.#write(this.#wrap?.add(text) ?? text);
  }

  /** The word that waits is shown: something else follows. */
  #endText(): void {
    const word = this.#wrap?.end();
    if (word) this.#write(word);
    this.#wrap = undefined;
  }

  /** At a terminal a source stands apart from the next one; a pipe gets a line for each. */
  #fitted(line: string): string {
    const { columns } = this.#io.stdout;
    if (!this.#options.live || !columns) return line;
    return wrap(line.trimStart(), { indent: 2, hanging: 6, width: Math.max(columns, 40) }).join("\n");
  }

  #write(text: string): void {
    this.#io.stdout.write(text);
    this.#shown += text;
    this.#atLineStart = this.#shown.endsWith("\n");
  }

  /** Ends what is shown of an answer, so that what is said next begins a line: for answers that break off, too. */
  endLine(): void {
    this.#endText();
    if (this.#options.live && this.#shown !== "" && !this.#atLineStart) {
      this.#io.stdout.write("\n");
      this.#atLineStart = true;
    }
  }

  #note(line: string): void {
    if (this.#options.quiet) return;
    this.endLine();
    this.#io.stderr.write(`${line}\n`);
  }
}

/** A failure is said in words: not every reader sees or hears a sign. */
function toolLine({ ok, durationMs, text }: Extract<RunEvent, { type: "tool_result" }>, call: string, style: Style): string {
  const ms = style.dim(`${durationMs} ms`);
  return ok ? `· ${call}  ${ms}` : `✗ ${call}  failed, ${ms}\n    ${oneLine(text, 200)}`;
}

/** What people should know beside the answer: a notice, or a server in trouble. Undefined for other events. */
export function noticeLine(event: RunEvent): string | undefined {
  if (event.type === "notice") return `! ${neutralise(event.message)}`;
  if (event.type !== "server" || !troubled.includes(event.state)) return undefined;
  return `! server ${event.name} (${event.state.replaceAll("_", " ")}): ${neutralise(event.reason ?? "no reason given")}`;
}

/** What an answer lacks and does not always say itself. That the sources do not answer, it does say. */
const shortfalls: Readonly<Partial<Record<Outcome, string>>> = {
  uncited: "no quote backs this answer",
  partial: "the sources answer only a part of this",
};

/** `  [1] handbook/leave.md:41  "Every new parent may take 20 weeks."  in force since 2026-01-01` */
function citationLine(citation: Citation, style: Style): string {
  const where =
    citation.path === null ? citation.uri : `${citation.path}${citation.line === undefined ? "" : `:${citation.line}`}`;
  const heading =
    citation.heading && citation.heading !== citation.title ? ` ${style.dim(`(${oneLine(citation.heading, 60)})`)}` : "";
  return `  ${citation.marker} ${style.bold(oneLine(where))}${heading}  "${oneLine(citation.quote, 240)}"${citation.remark ? `  ${style.dim(oneLine(citation.remark))}` : ""}`;
}

function flagLine(flag: { readonly kind: string; readonly text: string }): string {
  if (flag.kind === "figure") return `! check "${flag.text}": none of the quotes says it`;
  if (flag.kind === "marker") return `! the model cited ${flag.text}, which it was never shown; removed`;
  return `! ${flag.text}`;
}

interface Summary {
  readonly calls: number;
  readonly ms: number;
  readonly model: ModelDescription;
  readonly usage: Usage;
}

function summary({ calls, ms, model, usage }: Summary): string {
  const who = model.emulated
    ? "model: emulator"
    : `model: ${model.deployment}${model.served && model.served !== model.deployment ? ` (${model.served})` : ""}`;
  const cached = usage.cachedInputTokens > 0 ? ` (${usage.cachedInputTokens} cached)` : "";
  return `  ${counted(calls, "tool call")}, ${(ms / 1000).toFixed(1)} s, ${usage.inputTokens}${cached} + ${usage.outputTokens} tokens, ${who}`;
}

/** A text on one line, cut at `max` characters. */
export const oneLine = (text: string, max = 160): string => oneLineOf(text, max);

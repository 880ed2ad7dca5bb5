import type { Citation, Outcome, RunEvent, ServerState } from "../core/events.ts";
import type { ModelDescription, Usage } from "../core/model.ts";

/** States of a server that whoever reads an answer should know of. */
export const troubled: readonly ServerState[] = ["failed", "degraded", "needs_sign_in", "backing_off"];

/** The `--json` object of `lectern ask`. */
export interface AnswerJson {
  readonly question: string;
  readonly answer: string;
  readonly outcome: Outcome;
  readonly citations: readonly Pick<
    Citation,
    "marker" | "server" | "uri" | "path" | "title" | "heading" | "quote" | "verified"
  >[];
  readonly flags: readonly { readonly kind: string; readonly text: string }[];
  readonly tool_calls: readonly {
    readonly server: string;
    readonly tool: string;
    readonly arguments: unknown;
    readonly ok: boolean;
    readonly duration_ms: number;
  }[];
  readonly model: {
    readonly deployment: string;
    readonly api: string;
    readonly served: string | null;
    readonly region: string | null;
    readonly emulated: boolean;
    readonly requests: number;
  };
  readonly usage: {
    readonly input_tokens: number;
    readonly cached_input_tokens: number;
    readonly output_tokens: number;
    readonly reasoning_tokens: number;
  };
  readonly notices: readonly { readonly code: string; readonly message: string }[];
  readonly duration_ms: number;
}

type Call = { server: string; tool: string; arguments: unknown; ok: boolean; duration_ms: number };

/** Gathers a run's events into the JSON answer. */
export class AnswerCollector {
  readonly #question: string;
  readonly #calls = new Map<string, Call>();
  readonly #notices: { code: string; message: string }[] = [];
  readonly #begin = performance.now();
  #done: Extract<RunEvent, { type: "done" }> | undefined;

  constructor(question: string) {
    this.#question = question;
  }

  add(event: RunEvent): void {
    if (event.type === "tool_call")
      this.#calls.set(event.id, {
        server: event.server,
        tool: event.tool,
        arguments: parsed(event.arguments),
        ok: false,
        duration_ms: 0,
      });
    else if (event.type === "tool_result")
      Object.assign(this.#calls.get(event.id) ?? {}, { ok: event.ok, duration_ms: event.durationMs });
    else if (event.type === "server" && troubled.includes(event.state))
      this.#notices.push({ code: `server_${event.state}`, message: `MCP server ${event.name}: ${event.reason ?? event.state}` });
    else if (event.type === "notice") this.#notices.push({ code: event.code, message: event.message });
    else if (event.type === "done") this.#done = event;
  }

  get done(): Extract<RunEvent, { type: "done" }> | undefined {
    return this.#done;
  }

  /** Undefined before `done` was added. */
  json(model: ModelDescription): AnswerJson | undefined {
    if (!this.#done) return undefined;
    const { answer, outcome, citations, flags, usage } = this.#done;
    const { deployment, api, served, region, emulated, requests } = model;
    return {
      question: this.#question,
      answer,
      outcome,
      citations: citations.map(({ marker, server, uri, path, title, heading, quote, verified }) => ({
        marker,
        server,
        uri,
        path,
        title,
        heading,
        quote,
        verified,
      })),
      flags,
      tool_calls: [...this.#calls.values()],
      model: { deployment, api, served, region, emulated, requests },
      usage: usageJson(usage),
      notices: this.#notices,
      duration_ms: Math.round(performance.now() - this.#begin),
    };
  }
}

function usageJson(usage: Usage): AnswerJson["usage"] {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return text;
  }
}

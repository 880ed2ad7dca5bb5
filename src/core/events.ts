import type { Usage } from "./model.ts";

/** A stretch of a source, cut out by the host from a tool result of this conversation. `quote` is the source's own text. */
export interface SourceSpan {
  readonly server: string;
  readonly uri: string;
  readonly path: string | null;
  readonly title: string | null;
  readonly heading: string | null;
  readonly quote: string;
  /** Line of the quote in its document, from 1, where known. */
  readonly line?: number;
  readonly remark?: string;
}

/** A reference in an answer. `marker` is what the answer shows, for example `[1]`. */
export interface Citation extends SourceSpan {
  readonly marker: string;
  /** True when the span stood in a tool result of this conversation. The host makes citations itself, so anything else is a fault it reports. */
  readonly verified: boolean;
}

/** Something in an answer that its citations do not bear out. */
export interface AnswerFlag {
  /** `figure`, `marker`, ... */
  readonly kind: string;
  readonly text: string;
}

/** `answered`: from sources, cited. `partial`: the sources answer a part. `not_in_sources`: they do not. `uncited`: an answer without any citation. */
export type Outcome = "answered" | "partial" | "not_in_sources" | "uncited";

export type ServerState = "connecting" | "ready" | "degraded" | "failed" | "backing_off" | "needs_sign_in" | "closed";

/** All that anyone learns about a run; printing, HTTP, logs and traces only read it. */
export type RunEvent =
  | { readonly type: "turn_started"; readonly turnId: string }
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "reasoning"; readonly delta: string }
  | { readonly type: "reset"; readonly reason: string }
  | {
      readonly type: "tool_call";
      readonly id: string;
      readonly server: string;
      readonly tool: string;
      readonly arguments: string;
    }
  | { readonly type: "approval"; readonly id: string; readonly decision: "allowed" | "denied"; readonly reason: string }
  | {
      readonly type: "tool_progress";
      readonly id: string;
      readonly message: string | null;
      readonly progress: number;
      readonly total: number | null;
    }
  | {
      readonly type: "tool_result";
      readonly id: string;
      readonly ok: boolean;
      readonly durationMs: number;
      readonly text: string;
    }
  | { readonly type: "citation"; readonly marker: string; readonly span: SourceSpan; readonly verified: boolean }
  | ({ readonly type: "usage" } & Usage)
  | { readonly type: "notice"; readonly code: string; readonly message: string }
  | { readonly type: "server"; readonly name: string; readonly state: ServerState; readonly reason: string | null }
  | {
      readonly type: "done";
      readonly outcome: Outcome;
      readonly answer: string;
      readonly citations: readonly Citation[];
      readonly flags: readonly AnswerFlag[];
      readonly usage: Usage;
    };

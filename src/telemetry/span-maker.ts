import { AsyncLocalStorage } from "node:async_hooks";
import type { Attributes, Context, ContextAPI, MetricsAPI, Span, SpanStatusCode, TraceAPI } from "@opentelemetry/api";
import { isLecternError } from "../core/errors.ts";
import type { Usage } from "../core/model.ts";
import { version } from "../core/version.ts";
import { Metrics } from "./metrics.ts";
import { createRedactor } from "./redact.ts";
import { spanText } from "./span-content.ts";

/** What is used of `@opentelemetry/api`; handed in, so that it is loaded only where telemetry is on. */
export interface OpenTelemetry {
  readonly context: Pick<ContextAPI, "active" | "with">;
  readonly metrics: Pick<MetricsAPI, "getMeter">;
  readonly trace: Pick<TraceAPI, "getTracerProvider" | "setSpan">;
}

export interface ObserverOptions {
  /** Whether questions, answers, tool arguments and results go into spans. Default false. */
  readonly content?: boolean;
  /** Where the model is: host and port, for the spans. */
  readonly server?: { readonly address: string; readonly port: number };
  /** Values that must not stand in a span in any form. */
  readonly secrets?: readonly string[];
  /** Milliseconds, for durations. */
  readonly now?: () => number;
}

/** The turn that runs in an asynchronous context; calls find their turn by it. */
export interface Turn {
  readonly context: Context;
  modelCalls: number;
  toolCalls: number;
}

/** Version of the conventions that the spans follow. */
const schemaUrl = "https://opentelemetry.io/schemas/1.41.0";
const errorStatus: SpanStatusCode.ERROR = 2;
export const spanKinds = { internal: 0, client: 2 } as const;

/** What the end of a span adds to its metrics: nothing, or the class of its error. */
export type Failure = { readonly "error.type"?: string };

/** What all spans have in common. The API's own calls do not throw, so failing telemetry never fails a turn. */
export class SpanMaker {
  readonly otel: OpenTelemetry;
  readonly metrics: Metrics;
  readonly content: boolean;
  readonly server: Attributes;
  /** A text of content as it may stand in a span. */
  readonly clean: (text: string) => string;
  readonly now: () => number;
  readonly turns = new AsyncLocalStorage<Turn>();

  constructor(otel: OpenTelemetry, { content = false, server, secrets = [], now = () => performance.now() }: ObserverOptions) {
    this.otel = otel;
    this.metrics = new Metrics(otel.metrics.getMeter("lectern", version, { schemaUrl }));
    this.content = content;
    this.server = server === undefined ? {} : { "server.address": server.address, "server.port": server.port };
    this.clean = spanText(createRedactor(secrets));
    this.now = now;
  }

  /** A span below the turn at hand, or below whatever the application has going. */
  start(name: string, kind: number, attributes: Attributes): { readonly span: Span; readonly context: Context } {
    const { trace, context } = this.otel;
    const parent = this.turns.getStore()?.context ?? context.active();
    const tracer = trace.getTracerProvider().getTracer("lectern", version, { schemaUrl });
    const span = tracer.startSpan(name, { kind, attributes }, parent);
    return { span, context: trace.setSpan(parent, span) };
  }

  /** Marks a span as failed; messages hold words of services and servers, which are content. */
  fail(span: Span, error: unknown): Failure {
    const type = isLecternError(error) ? error.code : error instanceof Error ? error.name : "unknown";
    span.setAttribute("error.type", type);
    if (isLecternError(error) && error.requestId !== undefined) span.setAttribute("lectern.request_id", error.requestId);
    const message = this.content && error instanceof Error ? { message: this.clean(error.message) } : {};
    span.setStatus({ code: errorStatus, ...message });
    return { "error.type": type };
  }

  /** A tool that says itself that it failed. */
  failTool(span: Span): Failure {
    span.setAttribute("error.type", "tool_error").setStatus({ code: errorStatus });
    return { "error.type": "tool_error" };
  }

  notice(span: Span, { code, message }: { readonly code: string; readonly message: string }): void {
    const said = this.content ? { "lectern.notice.message": this.clean(message) } : {};
    span.addEvent("lectern.notice", { "lectern.notice.code": code, ...said });
  }
}

export function usageAttributes(usage: Usage): Attributes {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
  };
}

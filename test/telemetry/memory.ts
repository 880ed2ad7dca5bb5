import {
  type Attributes,
  context,
  createNoopMeter,
  INVALID_SPAN_CONTEXT,
  type Meter,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { OpenTelemetry } from "../../src/telemetry/span-maker.ts";

/** A span as it was left. */
export interface KeptSpan {
  readonly name: string;
  readonly kind: number;
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly status: { readonly code: number; readonly message?: string } | undefined;
  readonly ended: boolean;
}

export interface KeptMeasure {
  readonly name: string;
  readonly value: number;
  readonly attributes: Attributes;
}

/** OpenTelemetry whose spans and measures stay in memory. Nothing is registered for the process. */
export function memoryTelemetry() {
  const spans: KeptSpan[] = [];
  const measures: KeptMeasure[] = [];
  const tracer: Tracer = {
    startSpan(name: string, options: SpanOptions = {}, parentContext = context.active()): Span {
      const parent = trace.getSpan(parentContext) as (Span & { kept?: KeptSpan }) | undefined;
      const kept = {
        name,
        kind: options.kind ?? 0,
        parent: parent?.kept?.name,
        attributes: { ...options.attributes },
        events: [] as { name: string; attributes: Attributes }[],
        status: undefined as KeptSpan["status"],
        ended: false,
      };
      spans.push(kept);
      const then = (act: () => void): Span & { kept: KeptSpan } => {
        act();
        return span;
      };
      const span: Span & { kept: KeptSpan } = {
        kept,
        spanContext: () => ({ ...INVALID_SPAN_CONTEXT }),
        setAttribute: (key, value) => then(() => Object.assign(kept.attributes, { [key]: value })),
        setAttributes: (attributes) => then(() => Object.assign(kept.attributes, attributes)),
        addEvent: (event, attributes) =>
          then(() => kept.events.push({ name: event, attributes: (attributes ?? {}) as Attributes })),
        setStatus: (status) => then(() => Object.assign(kept, { status })),
        addLink: () => span,
        addLinks: () => span,
        updateName: () => span,
        end: () => void Object.assign(kept, { ended: true }),
        isRecording: () => true,
        recordException: () => {},
      };
      return span;
    },
    startActiveSpan: () => {
      throw new Error("not used");
    },
  };
  const meter: Meter = {
    ...createNoopMeter(),
    createHistogram: (name: string) => ({
      record: (value: number, attributes: Attributes = {}) => void measures.push({ name, value, attributes }),
    }),
  };
  const otel: OpenTelemetry = {
    context,
    trace: { getTracerProvider: () => ({ getTracer: () => tracer }), setSpan: trace.setSpan },
    metrics: { getMeter: () => meter },
  };
  return { otel, spans, measures, tracer };
}

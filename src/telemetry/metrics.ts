import type { Attributes, Histogram, Meter } from "@opentelemetry/api";
import type { Usage } from "../core/model.ts";

const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const longSeconds = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
const tokens = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];
const counts = [1, 2, 4, 8, 16, 32, 64, 128];

/**
 * The instruments. Names, units and buckets are those of OpenTelemetry's GenAI conventions 1.41.0 (what dashboards read today), and for
 * agents and tools those added since, in Development, 2026-11.
 */
export class Metrics {
  readonly #tokens: Histogram;
  readonly #calls: Histogram;
  readonly #firstChunk: Histogram;
  readonly #turns: Histogram;
  readonly #modelCalls: Histogram;
  readonly #toolCalls: Histogram;
  readonly #tools: Histogram;

  constructor(meter: Meter) {
    const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]): Histogram =>
      meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
    this.#tokens = histogram("gen_ai.client.token.usage", "{token}", "Input and output tokens of a model call.", tokens);
    this.#calls = histogram("gen_ai.client.operation.duration", "s", "Model calls, retries included.", seconds);
    this.#firstChunk = histogram("gen_ai.client.operation.time_to_first_chunk", "s", "Until a reply begins.", seconds);
    this.#turns = histogram("gen_ai.invoke_agent.duration", "s", "Whole turns.", longSeconds);
    this.#modelCalls = histogram("gen_ai.invoke_agent.inference_calls", "{inference_call}", "Model calls of a turn.", counts);
    this.#toolCalls = histogram("gen_ai.invoke_agent.tool_calls", "{tool_call}", "Tool calls of a turn.", counts);
    this.#tools = histogram("gen_ai.execute_tool.duration", "s", "Tool calls.", seconds);
  }

  /** `attributes` are of low cardinality: operation, provider, models, server, `error.type`. */
  modelCall(call: {
    readonly attributes: Attributes;
    readonly ms: number;
    readonly firstMs: number | undefined;
    readonly usage: Usage | undefined;
  }): void {
    const { attributes, ms, firstMs, usage } = call;
    this.#calls.record(ms / 1000, attributes);
    const { "error.type": _, ...plain } = attributes;
    if (firstMs !== undefined) this.#firstChunk.record(firstMs / 1000, plain);
    if (usage === undefined) return;
    this.#tokens.record(usage.inputTokens, { ...plain, "gen_ai.token.type": "input" });
    this.#tokens.record(usage.outputTokens, { ...plain, "gen_ai.token.type": "output" });
  }

  turn(turn: {
    readonly attributes: Attributes;
    readonly ms: number;
    readonly modelCalls: number;
    readonly toolCalls: number;
  }): void {
    const { attributes, ms, modelCalls, toolCalls } = turn;
    this.#turns.record(ms / 1000, attributes);
    const { "error.type": _, ...plain } = attributes;
    this.#modelCalls.record(modelCalls, plain);
    this.#toolCalls.record(toolCalls, plain);
  }

  toolCall(attributes: Attributes, ms: number): void {
    this.#tools.record(ms / 1000, attributes);
  }
}

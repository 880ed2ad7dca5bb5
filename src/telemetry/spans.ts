import type { Span } from "@opentelemetry/api";
import type { RunEvent } from "../core/events.ts";
import type { Model } from "../core/model.ts";
import type { Toolbox, ToolCall, ToolCallOptions, ToolResult } from "../core/tools.ts";
import { contentOf, resultText } from "./span-content.ts";
import {
  type Failure,
  type ObserverOptions,
  type OpenTelemetry,
  SpanMaker,
  spanKinds,
  type Turn,
  usageAttributes,
} from "./span-maker.ts";
import { watchedModel } from "./watched-model.ts";

/** Makes spans and metrics of turns, model calls and tool calls by wrapping; nothing else knows that it is watched. */
export class Observer {
  readonly #maker: SpanMaker;

  constructor(otel: OpenTelemetry, options: ObserverOptions = {}) {
    this.#maker = new SpanMaker(otel, options);
  }

  model(model: Model): Model {
    return watchedModel(this.#maker, model);
  }

  /** Passes a turn's events through under a span of its own. */
  async *turn(
    events: AsyncGenerator<RunEvent>,
    about: { readonly question: string; readonly conversationId?: string },
  ): AsyncGenerator<RunEvent> {
    const begin = this.#maker.now();
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "lectern" };
    const { span, context } = this.#maker.start("invoke_agent lectern", spanKinds.internal, {
      ...attributes,
      "gen_ai.provider.name": "azure.ai.openai",
      ...(about.conversationId === undefined ? {} : { "gen_ai.conversation.id": about.conversationId }),
      ...(this.#maker.content
        ? { "gen_ai.input.messages": contentOf([{ role: "user", content: about.question }], this.#maker.clean) }
        : {}),
    });
    const turn: Turn = { context, modelCalls: 0, toolCalls: 0 };
    let failure: Failure = {};
    try {
      for (;;) {
        const step = await this.#maker.turns.run(turn, () => this.#maker.otel.context.with(context, () => events.next()));
        if (step.done) return;
        this.#note(span, step.value);
        yield step.value;
      }
    } catch (error) {
      failure = this.#maker.fail(span, error);
      throw error;
    } finally {
      try {
        await events.return(undefined);
      } finally {
        const { modelCalls, toolCalls } = turn;
        const ms = this.#maker.now() - begin;
        this.#maker.metrics.turn({ attributes: { ...attributes, ...failure }, ms, modelCalls, toolCalls });
        span.end();
      }
    }
  }

  #note(span: Span, event: RunEvent): void {
    switch (event.type) {
      case "turn_started":
        span.setAttribute("lectern.turn.id", event.turnId);
        return;
      case "approval":
        span.addEvent("lectern.approval", { "gen_ai.tool.call.id": event.id, "lectern.approval.decision": event.decision });
        return;
      case "notice":
        this.#maker.notice(span, event);
        return;
      case "done":
        span.setAttributes({
          "lectern.outcome": event.outcome,
          "lectern.citations": event.citations.length,
          "lectern.flags": event.flags.length,
          ...usageAttributes(event.usage),
          ...(this.#maker.content
            ? { "gen_ai.output.messages": contentOf([{ role: "assistant", content: event.answer }], this.#maker.clean) }
            : {}),
        });
        return;
      default:
    }
  }

  /** A toolbox whose every call is a span. */
  toolbox(toolbox: Toolbox): Toolbox {
    return {
      tools: () => toolbox.tools(),
      instructions: () => toolbox.instructions(),
      call: (call, options) => this.#call(toolbox, call, options),
      [Symbol.asyncDispose]: () => toolbox[Symbol.asyncDispose](),
    };
  }

  async #call(toolbox: Toolbox, call: ToolCall, options: ToolCallOptions | undefined): Promise<ToolResult> {
    const turn = this.#maker.turns.getStore();
    if (turn !== undefined) turn.toolCalls++;
    const begin = this.#maker.now();
    const tool = toolbox.tools().find((candidate) => candidate.name === call.name);
    // A name the model made up is content, and there is no end to such names.
    const name = tool?.tool ?? "unknown";
    const shared = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.type": "function" };
    const { span, context } = this.#maker.start(`execute_tool ${name}`, spanKinds.internal, {
      ...shared,
      "gen_ai.tool.call.id": call.id,
      "mcp.method.name": "tools/call",
      ...(tool === undefined ? {} : { "lectern.server": tool.server }),
      ...(this.#maker.content ? { "gen_ai.tool.call.arguments": this.#maker.clean(call.arguments) } : {}),
    });
    let failure: Failure = {};
    try {
      const result = await this.#maker.otel.context.with(context, () => toolbox.call(call, options));
      if (this.#maker.content) span.setAttribute("gen_ai.tool.call.result", this.#maker.clean(resultText(result)));
      if (result.isError) failure = this.#maker.failTool(span);
      return result;
    } catch (error) {
      failure = this.#maker.fail(span, error);
      throw error;
    } finally {
      this.#maker.metrics.toolCall({ ...shared, "gen_ai.agent.name": "lectern", ...failure }, this.#maker.now() - begin);
      span.end();
    }
  }
}

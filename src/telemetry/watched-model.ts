import type { Attributes } from "@opentelemetry/api";
import type { Model, ModelEvent, ModelOptions, ModelRequest, Usage } from "../core/model.ts";
import { contentOf } from "./span-content.ts";
import { type Failure, type SpanMaker, spanKinds, usageAttributes } from "./span-maker.ts";

/** A model whose every reply is a span; retries, changed requests and fresh starts are its events. */
export function watchedModel(maker: SpanMaker, model: Model): Model {
  return {
    limits: model.limits,
    describe: () => model.describe(),
    stream: (request, options) => watchedReply(maker, model, request, options),
  };
}

async function* watchedReply(
  maker: SpanMaker,
  model: Model,
  request: ModelRequest,
  options: ModelOptions | undefined,
): AsyncGenerator<ModelEvent> {
  const turn = maker.turns.getStore();
  if (turn !== undefined) turn.modelCalls++;
  const begin = maker.now();
  const { deployment, emulated } = model.describe();
  const shared = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "azure.ai.openai",
    "gen_ai.request.model": deployment,
    ...maker.server,
  };
  const { span, context } = maker.start(`chat ${deployment}`, spanKinds.client, {
    ...shared,
    "gen_ai.request.stream": true,
    "azure.resource_provider.namespace": "Microsoft.CognitiveServices",
    ...(emulated ? { "lectern.emulated": true } : {}),
    ...(request.conversationId === undefined ? {} : { "gen_ai.conversation.id": request.conversationId }),
    ...(request.maxOutputTokens === undefined ? {} : { "gen_ai.request.max_tokens": request.maxOutputTokens }),
    ...(maker.content ? { "gen_ai.input.messages": contentOf(request.messages, maker.clean) } : {}),
  });
  const seen = new ReplySeen(maker);
  let firstMs: number | undefined;
  let failure: Failure = {};
  try {
    const events = model.stream(request, options)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await maker.otel.context.with(context, () => events.next());
        if (step.done) break;
        const event = step.value;
        if (isChunk(event)) firstMs ??= maker.now() - begin;
        if (event.type === "notice") maker.notice(span, event);
        if (event.type === "reset") span.addEvent("lectern.reset");
        seen.add(event);
        yield event;
      }
    } finally {
      await events.return?.();
    }
  } catch (error) {
    failure = maker.fail(span, error);
    throw error;
  } finally {
    const { api, served, region } = model.describe();
    const response = served === null ? {} : { "gen_ai.response.model": served };
    span.setAttributes({
      ...response,
      ...seen.attributes(),
      "lectern.api": api,
      ...(region === null ? {} : { "lectern.region": region }),
      ...(firstMs === undefined ? {} : { "gen_ai.response.time_to_first_chunk": firstMs / 1000 }),
    });
    maker.metrics.modelCall({
      attributes: { ...shared, ...response, ...failure },
      ms: maker.now() - begin,
      firstMs,
      usage: seen.usage,
    });
    span.end();
  }
}

const isChunk = ({ type }: ModelEvent): boolean => type === "text" || type === "reasoning" || type === "tool_call";

/** What a span keeps of a reply; its text only where content is wanted. */
class ReplySeen {
  readonly #content: boolean;
  readonly #clean: SpanMaker["clean"];
  #text = "";
  #calls = 0;
  #retries = 0;
  #finish: string | undefined;
  usage: Usage | undefined;

  constructor({ content, clean }: SpanMaker) {
    this.#content = content;
    this.#clean = clean;
  }

  add(event: ModelEvent): void {
    if (event.type === "text" && this.#content) this.#text += event.delta;
    else if (event.type === "reset") {
      this.#text = "";
      this.#calls = 0;
    } else if (event.type === "tool_call") this.#calls++;
    else if (event.type === "usage") this.usage = event;
    else if (event.type === "finish") this.#finish = event.reason;
    else if (event.type === "notice" && event.code === "retry") this.#retries++;
  }

  attributes(): Attributes {
    return {
      ...(this.usage === undefined ? {} : usageAttributes(this.usage)),
      ...(this.#finish === undefined ? {} : { "gen_ai.response.finish_reasons": [this.#finish] }),
      ...(this.#calls === 0 ? {} : { "lectern.tool_calls": this.#calls }),
      ...(this.#retries === 0 ? {} : { "lectern.retries": this.#retries }),
      ...(this.#content
        ? { "gen_ai.output.messages": contentOf([{ role: "assistant", content: this.#text }], this.#clean) }
        : {}),
    };
  }
}

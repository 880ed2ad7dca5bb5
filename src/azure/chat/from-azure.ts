import type { Json } from "../../core/json.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import type { FinishReason, Usage } from "../../core/model.ts";
import type { ToolCall } from "../../core/tools.ts";
import { FailedAttempt } from "../failure.ts";
import { contentFilterError, filteredCategories } from "../filter-errors.ts";
import { field, list, number, text } from "../json-fields.ts";
import type { Reply, ReplyListener, ReplyOrigin, ReplyReader } from "../reply.ts";
import { argumentsText, brokenReply, classifyErrorEvents, errorOf, looksLikeServiceEvent } from "../reply.ts";
import { TextTemplate } from "../text-template.ts";

interface OpenCall {
  id: string;
  name: string;
  arguments: string;
}

/**
 * Reads a Chat Completions reply. Tolerates what deployments really send: a first chunk of prompt filter results, choices
 * without delta (asynchronous filter), whole calls in one delta, no `[DONE]`. Requires a finish reason.
 */
export class ChatReader implements ReplyReader {
  readonly #listener: ReplyListener;
  readonly #origin: ReplyOrigin;
  readonly #template = new TextTemplate("content");
  #pending = "";
  #hasText = false;
  readonly #calls: OpenCall[] = [];
  readonly #callAt = new Map<number, OpenCall>();
  #finish: string | undefined;
  #usage: Usage | undefined;
  #served: string | undefined;
  #refusal = "";
  #filtered: readonly string[] = [];
  #errors: Json[] = [];
  #done = false;
  /** The event that brought the finish reason. */
  #closing: string | undefined;

  constructor(listener: ReplyListener, origin: ReplyOrigin) {
    this.#listener = listener;
    this.#origin = origin;
  }

  readonly event = (bytes: Buffer, start: number, end: number, isErrorEvent: boolean): void => {
    if (this.#done) return;
    const delta = this.#template.match(bytes, start, end);
    if (delta !== undefined && !isErrorEvent) {
      this.#pending += delta;
      return;
    }
    const data = bytes.toString("utf8", start, end);
    if (data.trim() === "[DONE]") {
      this.#done = true;
      return;
    }
    const chunk = parseJson(data);
    if (chunk === undefined && looksLikeServiceEvent(data)) {
      throw brokenReply("an event is damaged, so text may be missing", this.#origin);
    }
    if (chunk === undefined || !isJsonObject(chunk)) return;
    const finished = this.#finish !== undefined;
    const shown = this.#chunk(chunk, isErrorEvent);
    // Chat has no numbers to show that events came twice; the closing one, the same to the byte, gives it away.
    if (finished && data === this.#closing) throw brokenReply("its events came twice", this.#origin);
    if (!finished && this.#finish !== undefined) this.#closing = data;
    if (shown !== undefined) this.#template.learn(bytes, start, end, shown);
  };

  whole(body: Json): void {
    const error = errorOf(body);
    if (error !== undefined) this.#errors.push(error);
    const choice = firstChoice(list(body, "choices")) ?? list(body, "choices")[0];
    const message = field(choice, "message");
    this.#meta(body);
    if (message !== undefined) this.#delta(message);
    // A filtered answer has a finish reason and no message at all.
    const finish = text(choice, "finish_reason") ?? (message === undefined ? undefined : "stop");
    if (finish !== undefined) this.#end(finish, choice);
    this.#done = true;
  }

  flush(): void {
    if (this.#pending === "") return;
    this.#hasText = true;
    this.#listener.text(this.#pending);
    this.#pending = "";
  }

  get complete(): boolean {
    return this.#finish !== undefined || this.#errors.length > 0;
  }

  finish(): Reply {
    if (this.#errors.length > 0) throw new FailedAttempt(classifyErrorEvents(this.#errors, this.#origin));
    if (this.#finish === undefined) throw brokenReply("the stream ended before its finish reason", this.#origin);
    this.flush();
    const calls = this.#calls.map(
      (call, i): ToolCall => ({ id: call.id === "" ? `call_${i}` : call.id, name: call.name, arguments: call.arguments }),
    );
    if (/^(tool_calls|function_call)$/.test(this.#finish) && calls.length === 0 && !this.#hasText) {
      throw brokenReply("it announces tool calls and has none", this.#origin);
    }
    if (calls.some(({ name }) => name === "")) throw brokenReply("a tool call has no name, so an event is missing", this.#origin);
    return { finish: this.#reason(calls), calls, usage: this.#usage, served: this.#served, replay: [], notices: this.#notices() };
  }

  /** Returns the text where the chunk was nothing but a text delta. */
  #chunk(chunk: Json, isErrorEvent: boolean): string | undefined {
    const error = errorOf(chunk) ?? (isErrorEvent ? chunk : undefined);
    if (error !== undefined) {
      this.#errors.push(error);
      return undefined;
    }
    this.#meta(chunk);
    const choices = list(chunk, "choices");
    const choice = firstChoice(choices);
    if (choice === undefined) return undefined;
    const delta = field(choice, "delta");
    if (delta !== undefined) this.#delta(delta);
    const finish = text(choice, "finish_reason");
    if (finish !== undefined) this.#end(finish, choice);
    const content = text(delta, "content");
    const plain = choices.length === 1 && finish === undefined && isOnlyText(delta) && !field(chunk, "usage");
    return plain ? content : undefined;
  }

  #delta(delta: Json): void {
    const reasoning = text(delta, "reasoning_content") ?? text(delta, "reasoning");
    if (reasoning !== undefined && reasoning !== "") {
      this.flush();
      this.#listener.reasoning(reasoning);
    }
    const content = field(delta, "content");
    if (typeof content === "string") this.#pending += content;
    else if (Array.isArray(content)) for (const part of content) this.#pending += text(part, "text") ?? "";
    this.#refusal += text(delta, "refusal") ?? "";
    for (const fragment of list(delta, "tool_calls")) this.#fragment(fragment);
  }

  /** By its number, which some gateways begin at 1, and others leave at 0 for all calls; there an id of its own with a name begins a new one. */
  #fragment(fragment: Json): void {
    const id = text(fragment, "id") ?? "";
    const index = number(fragment, "index");
    const called = field(fragment, "function");
    const name = text(called, "name") ?? "";
    let call = index === undefined ? this.#calls.at(-1) : this.#callAt.get(index);
    if (call === undefined || (id !== "" && call.id !== "" && call.id !== id && name !== "")) {
      call = { id: "", name: "", arguments: "" };
      this.#calls.push(call);
      if (index !== undefined) this.#callAt.set(index, call);
    }
    if (id !== "") call.id = id;
    call.name = name || call.name;
    call.arguments += argumentsText(field(called, "arguments"));
  }

  #meta(chunk: Json): void {
    this.#served = text(chunk, "model") || this.#served;
    const usage = field(chunk, "usage");
    if (usage === undefined || usage === null) return;
    this.#usage = {
      inputTokens: number(usage, "prompt_tokens") ?? 0,
      cachedInputTokens: number(field(usage, "prompt_tokens_details"), "cached_tokens") ?? 0,
      outputTokens: number(usage, "completion_tokens") ?? 0,
      reasoningTokens:
        number(field(usage, "completion_tokens_details"), "reasoning_tokens") ?? number(usage, "reasoning_tokens") ?? 0,
    };
  }

  #end(finish: string, choice: Json | undefined): void {
    this.#finish = finish;
    // Gateways end so what broke off behind them.
    if (finish === "error")
      this.#errors.push(errorOf(choice ?? null) ?? { message: "The model's reply broke off with an error." });
    if (finish === "content_filter") this.#filtered = filteredCategories(field(choice, "content_filter_results"));
  }

  #reason(calls: readonly ToolCall[]): FinishReason {
    if (this.#finish === "content_filter" || this.#finish === "length") return this.#finish;
    if (calls.length > 0) return "tool_calls";
    return this.#refusal !== "" && !this.#hasText ? "refusal" : "stop";
  }

  #notices(): Reply["notices"] {
    const notices = this.#refusal === "" ? [] : [{ code: "refusal", message: this.#refusal }];
    if (this.#finish !== "content_filter") return notices;
    return [...notices, { code: "content_filtered", message: contentFilterError("answer", this.#filtered).message }];
  }
}

/** Of several choices only the first was asked for. */
function firstChoice(choices: readonly Json[]): Json | undefined {
  return choices.find((candidate) => (number(candidate, "index") ?? 0) === 0);
}

function isOnlyText(delta: Json | undefined): boolean {
  if (delta === undefined || !isJsonObject(delta)) return false;
  return Object.entries(delta).every(([key, value]) => key === "content" || key === "role" || value === null || value === "");
}

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
import { SequenceWatch } from "./sequence-watch.ts";
import { skippableSequence } from "./skippable.ts";

/**
 * Reads a Responses reply. The stream says everything twice, so it is checked: `sequence_number` shows lost and repeated
 * events, and the text shown must equal the text of the closing event. Calls and usage are taken from the closing event.
 */
export class ResponsesReader implements ReplyReader {
  readonly #listener: ReplyListener;
  readonly #origin: ReplyOrigin;
  readonly #template = new TextTemplate("delta");
  readonly #sequence = new SequenceWatch();
  #pending = "";
  #shown = "";
  #items: Json[] = [];
  /** Places in the output at which a tool call was begun. */
  readonly #begunCalls = new Set<number>();
  #response: Json | undefined;
  #errors: Json[] = [];
  #failed = false;

  constructor(listener: ReplyListener, origin: ReplyOrigin) {
    this.#listener = listener;
    this.#origin = origin;
  }

  readonly event = (bytes: Buffer, start: number, end: number, isErrorEvent: boolean): void => {
    const delta = this.#template.match(bytes, start, end);
    if (delta !== undefined && !isErrorEvent) {
      if (this.#sequence.accepts(this.#template.sequence, bytes, start, end)) this.#pending += delta;
      return;
    }
    const skipped = isErrorEvent ? undefined : skippableSequence(bytes, start, end);
    if (skipped !== undefined) {
      this.#sequence.accepts(skipped, bytes, start, end);
      return;
    }
    const data = bytes.toString("utf8", start, end);
    const event = parseJson(data);
    if (event === undefined || !isJsonObject(event)) {
      // Whatever was lost here shows in the closing event.
      if (looksLikeServiceEvent(data)) this.#sequence.suspect = true;
      return;
    }
    if (!this.#sequence.accepts(number(event, "sequence_number") ?? -1, bytes, start, end)) return;
    const shown = this.#dispatch(event, isErrorEvent);
    if (shown !== undefined) this.#template.learn(bytes, start, end, shown);
  };

  whole(body: Json): void {
    const error = errorOf(body);
    if (error !== undefined) this.#errors.push(error);
    if (field(body, "output") !== undefined) this.#response = body;
    this.#failed = isFailed(body);
  }

  flush(): void {
    if (this.#pending === "") return;
    this.#shown += this.#pending;
    this.#listener.text(this.#pending);
    this.#pending = "";
  }

  get complete(): boolean {
    return this.#response !== undefined || this.#failed || this.#errors.length > 0;
  }

  finish(): Reply {
    if (this.#failed || this.#errors.length > 0) throw new FailedAttempt(classifyErrorEvents(this.#errors, this.#origin));
    const response = this.#response;
    if (response === undefined) throw brokenReply("the stream ended before its closing event", this.#origin);
    const status = text(response, "status");
    if (status === "queued" || status === "in_progress") throw brokenReply(`it is still ${status}`, this.#origin);
    this.flush();
    const output = this.#output(response);
    const isRepeated = list(response, "output").length > 0;
    // What the token limit or the content filter stopped in its middle has no end of its own.
    if (!isRepeated && status !== "incomplete") this.#requireItems(output);
    this.#compareText(output, isRepeated);
    const calls = output.filter((item) => text(item, "type") === "function_call").map(toCall);
    if (calls.some(({ name }) => name === "")) throw brokenReply("a tool call has no name", this.#origin);
    return {
      finish: finishReason(response, output, calls),
      calls,
      usage: toUsage(field(response, "usage")),
      served: text(response, "model"),
      replay: toReplay(output),
      notices: toNotices(response, output),
    };
  }

  #dispatch(event: Json, isErrorEvent: boolean): string | undefined {
    const type = text(event, "type") ?? (isErrorEvent ? "error" : "");
    switch (type) {
      case "response.output_text.delta": {
        const delta = text(event, "delta") ?? "";
        this.#pending += delta;
        return delta;
      }
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        this.flush();
        this.#listener.reasoning(text(event, "delta") ?? "");
        return undefined;
      case "response.output_item.added":
        if (text(field(event, "item"), "type") === "function_call") this.#begunCalls.add(this.#placeOf(event));
        return undefined;
      case "response.output_item.done":
        this.#keepItem(event);
        return undefined;
      case "response.completed":
      case "response.incomplete":
        this.#response = field(event, "response");
        if (isFailed(this.#response)) this.#fail(this.#response);
        return undefined;
      case "response.failed":
      case "response.cancelled":
        this.#fail(field(event, "response"));
        return undefined;
      default: {
        const error = errorOf(event) ?? (isErrorEvent ? event : undefined);
        if (error !== undefined) this.#errors.push(error);
        return undefined;
      }
    }
  }

  #fail(response: Json | undefined): void {
    this.#failed = true;
    const error = field(response, "error");
    if (error !== undefined && error !== null) this.#errors.push(error);
  }

  #keepItem(event: Json): void {
    const item = field(event, "item");
    const index = this.#placeOf(event);
    if (item !== undefined && index >= 0 && index < 10_000) this.#items[index] = item;
  }

  #placeOf(event: Json): number {
    return number(event, "output_index") ?? this.#items.length;
  }

  /** The closing event's output; some servers leave it empty there, then the items that were announced as done. */
  #output(response: Json): readonly Json[] {
    const output = list(response, "output");
    return output.length > 0 ? output : this.#items.filter((item) => item !== undefined);
  }

  /** Where the closing event does not repeat the output, a call is known from its own closing event alone, and all that was lost shows nowhere else. */
  #requireItems(output: readonly Json[]): void {
    for (const index of this.#begunCalls) {
      if (this.#items[index] === undefined) throw brokenReply("a tool call was begun and its end is missing", this.#origin);
    }
    if (output.length === 0 && this.#shown === "" && this.#sequence.lost) {
      throw brokenReply("nothing of it has arrived, and events are missing", this.#origin);
    }
  }

  /** @param isRepeated whether the closing event repeats the output itself; else it is known from the items alone. */
  #compareText(output: readonly Json[], isRepeated: boolean): void {
    const whole = textOf(output);
    if (this.#shown === whole) return;
    if (this.#shown === "") {
      this.#shown = whole;
      this.#listener.text(whole);
      return;
    }
    // A server that does not repeat its text can only be trusted where its numbers showed no gap.
    const nothingToCompare = !output.some((item) => text(item, "type") === "message");
    const sameButForSpace = this.#shown.trim() === whole.trim();
    if ((nothingToCompare || sameButForSpace) && !this.#sequence.suspect) return;
    // A delta was lost or damaged on the way. The service has said the whole text twice more since: where both agree, that is the answer.
    if (!isRepeated || whole === "" || textOf(this.#items.filter((item) => item !== undefined)) !== whole)
      throw brokenReply("the streamed text differs from the text that closes the stream", this.#origin);
    this.#shown = whole;
    this.#listener.replace(whole);
  }
}

function isFailed(response: Json | undefined): boolean {
  const status = text(response, "status");
  return status === "failed" || status === "cancelled";
}

function textOf(output: readonly Json[]): string {
  let whole = "";
  for (const item of output) {
    if (text(item, "type") !== "message") continue;
    for (const part of list(item, "content")) if (text(part, "type") === "output_text") whole += text(part, "text") ?? "";
  }
  return whole;
}

function toCall(item: Json): ToolCall {
  const id = text(item, "call_id") ?? text(item, "id") ?? "";
  return { id, name: text(item, "name") ?? "", arguments: argumentsText(field(item, "arguments")) };
}

function toUsage(usage: Json | undefined): Usage | undefined {
  if (usage === undefined || usage === null) return undefined;
  return {
    inputTokens: number(usage, "input_tokens") ?? 0,
    cachedInputTokens: number(field(usage, "input_tokens_details"), "cached_tokens") ?? 0,
    outputTokens: number(usage, "output_tokens") ?? 0,
    reasoningTokens: number(field(usage, "output_tokens_details"), "reasoning_tokens") ?? 0,
  };
}

function refusalOf(output: readonly Json[]): string {
  return output.flatMap((item) => list(item, "content").map((part) => text(part, "refusal") ?? "")).join("");
}

function finishReason(response: Json, output: readonly Json[], calls: readonly ToolCall[]): FinishReason {
  if (text(response, "status") === "incomplete") {
    return text(field(response, "incomplete_details"), "reason") === "content_filter" ? "content_filter" : "length";
  }
  if (calls.length > 0) return "tool_calls";
  return refusalOf(output) !== "" && textOf(output) === "" ? "refusal" : "stop";
}

function toNotices(response: Json, output: readonly Json[]): Reply["notices"] {
  const refusal = refusalOf(output);
  const notices = refusal === "" ? [] : [{ code: "refusal", message: refusal }];
  if (text(field(response, "incomplete_details"), "reason") !== "content_filter") return notices;
  const categories = list(response, "content_filters").flatMap((filter) =>
    filteredCategories(field(filter, "content_filter_results")),
  );
  return [...notices, { code: "content_filtered", message: contentFilterError("answer", [...new Set(categories)]).message }];
}

/**
 * What to send again: reasoning items as they came, and the places of messages and calls between them. Empty where there
 * is no encrypted reasoning, since the conversation itself then says it all.
 */
function toReplay(output: readonly Json[]): readonly Json[] {
  if (!output.some((item) => text(item, "type") === "reasoning" && text(item, "encrypted_content"))) return [];
  return output.flatMap((item): Json[] => {
    const type = text(item, "type");
    if (type === "reasoning") {
      return [
        {
          type,
          id: field(item, "id") ?? null,
          summary: list(item, "summary"),
          encrypted_content: field(item, "encrypted_content") ?? null,
        },
      ];
    }
    if (type === "function_call") return [{ type, call_id: field(item, "call_id") ?? null }];
    if (type === "message")
      return [{ type, text: textOf([item]), ...(field(item, "phase") ? { phase: field(item, "phase") ?? null } : {}) }];
    return [];
  });
}

import { EventQueue } from "../core/event-queue.ts";
import type { RunEvent } from "../core/events.ts";
import { isJsonObject, parseJson } from "../core/json.ts";
import { type Content, type Tool, type Toolbox, type ToolCall, type ToolResult, textResult } from "../core/tools.ts";
import type { Policy } from "./policy.ts";

export interface RunToolsOptions {
  readonly toolbox: Toolbox;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly policy: Policy;
  readonly signal: AbortSignal;
  /** Calls that run at the same time. */
  readonly maxParallel: number;
  readonly taintedBy: readonly string[];
}

/** One finished call. */
export interface FinishedCall {
  readonly call: ToolCall;
  readonly tool: Tool | undefined;
  readonly result: ToolResult;
  /** Whether the toolbox was asked: then the result, a failure too, may be a server's words. */
  readonly ran: boolean;
}

/**
 * Runs the calls of one reply side by side, at most `maxParallel` at once. Yields `tool_call`s first, progress as it comes and
 * `tool_result`s in call order; returns the results in call order. A refused, malformed or failing call is a result the model can read.
 */
export async function* runTools(
  calls: readonly ToolCall[],
  options: RunToolsOptions,
): AsyncGenerator<RunEvent, readonly FinishedCall[]> {
  for (const call of calls) {
    const tool = options.tools.get(call.name);
    yield {
      type: "tool_call",
      id: call.id,
      server: tool?.server ?? "",
      tool: tool?.tool ?? call.name,
      arguments: call.arguments,
    };
  }
  const queue = new EventQueue<RunEvent>();
  const finished: (FinishedCall & { readonly durationMs: number })[] = [];
  let announced = 0;
  const announce = (): void => {
    for (let next = finished[announced]; next; next = finished[++announced]) {
      const { call, result, durationMs } = next;
      queue.push({ type: "tool_result", id: call.id, ok: !result.isError, durationMs, text: resultText(result) });
    }
  };
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < calls.length) {
      const index = started++;
      const call = calls[index]!;
      const begin = performance.now();
      const { result, ran } = await runOne(call, options, queue);
      finished[index] = {
        call,
        tool: options.tools.get(call.name),
        result,
        ran,
        durationMs: Math.round(performance.now() - begin),
      };
      announce();
    }
  };
  const workers = Array.from({ length: Math.min(options.maxParallel, calls.length) }, worker);
  Promise.all(workers).then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  yield* queue;
  return finished;
}

type Ran = Pick<FinishedCall, "result" | "ran">;
const notRun = (why: string): Ran => ({ result: textResult(why, { isError: true }), ran: false });

async function runOne(call: ToolCall, options: RunToolsOptions, events: EventQueue<RunEvent>): Promise<Ran> {
  const { tools, toolbox, policy, signal, taintedBy } = options;
  signal.throwIfAborted();
  const tool = tools.get(call.name);
  if (!tool) return notRun(`There is no tool "${call.name}". The tools are: ${[...tools.keys()].slice(0, 40).join(", ")}.`);
  const problem = argumentsProblem(call.arguments);
  if (problem) return notRun(problem);
  const { decision, reason } = await policy(tool, { id: call.id, arguments: call.arguments, signal, taintedBy });
  events.push({ type: "approval", id: call.id, decision, reason });
  if (decision === "denied")
    return notRun(`The call was not run: ${reason}. Go on without it, or tell the user what you would have done.`);
  const result = await toolbox.call(call, {
    signal,
    onProgress: ({ message, progress, total }) =>
      events.push({ type: "tool_progress", id: call.id, message: message ?? null, progress, total: total ?? null }),
  });
  return { result, ran: true };
}

/** Why the arguments cannot be used; undefined where they can. An empty text stands for no arguments. */
function argumentsProblem(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const parsed = parseJson(text);
  if (parsed === undefined) return "The arguments were no valid JSON. Send one JSON object that fits the tool's schema.";
  return isJsonObject(parsed)
    ? undefined
    : "The arguments were no JSON object. Send one JSON object that fits the tool's schema.";
}

/** The text of a result for people: what events and logs carry. */
function resultText(result: ToolResult): string {
  if (result.passages) return [result.preamble ?? "", ...result.passages.map((passage) => passage.text)].join("\n").trim();
  return result.content.map(contentText).join("\n").trim();
}

function contentText(content: Content): string {
  switch (content.type) {
    case "text":
    case "resource":
      return content.text;
    case "image":
      return `[image, ${content.mimeType}]`;
    case "audio":
      return `[audio, ${content.mimeType}]`;
    case "link":
      return `${content.name}: ${content.uri}`;
  }
}

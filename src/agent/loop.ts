import { randomUUID } from "node:crypto";
import { isLecternError, LecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { Message } from "../core/messages.ts";
import { addUsage, type Model, noUsage, type Usage } from "../core/model.ts";
import type { Content, Tool, Toolbox } from "../core/tools.ts";
import { CitationResolver } from "./citations.ts";
import { Conversation } from "./conversation.ts";
import { flagFigures } from "./figure-guard.ts";
import { createPolicy, type Policy } from "./policy.ts";
import { type AnswerPolicy, systemPrompt, turnLine } from "./prompt.ts";
import { flagQuotes } from "./quote-guard.ts";
import { type Reply, ReplyCollector, toMessage } from "./reply.ts";
import { type FinishedCall, runTools } from "./run-tools.ts";
import { TurnBudget } from "./turn-budget.ts";
import { turnDeadline } from "./turn-deadline.ts";

/** A text handed in with the question: shown to the model and citable. */
export interface Attachment {
  readonly name: string;
  readonly text: string;
  /** The server it was read from: then its words count like those of that server's tools. */
  readonly server?: string;
}

export interface RunOptions {
  readonly model: Model;
  readonly toolbox: Toolbox;
  readonly question: string;
  readonly attachments?: readonly Attachment[];
  /** Fetches more of them as part of the turn: within its time, ended with it. */
  readonly fetchAttachments?: (signal: AbortSignal) => Promise<readonly Attachment[]>;
  /** A fresh one where absent. */
  readonly conversation?: Conversation;
  readonly policy?: Policy;
  readonly answerPolicy?: AnswerPolicy;
  readonly instructions?: string;
  /** Model calls a turn; default 12. */
  readonly maxRounds?: number;
  /**
   * Input tokens of a turn's own messages (question, calls, results), each time they are sent; default 180,000. A third as much of earlier turns
   * is sent along: beyond that, old results are set aside.
   */
  readonly maxInputTokens?: number;
  /** Tool calls at the same time; default 24. */
  readonly maxParallelTools?: number;
  /** The whole turn, in milliseconds; default 120,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** For tests; default the real time. */
  readonly now?: () => Date;
}

/**
 * One turn: asks the model, runs the tools it chooses, until it answers. Yields `RunEvent`s, `done` last; the conversation grows by the
 * turn when it is done. Throws LecternError: `bound` (rounds, tokens or time), whatever the model throws, or the signal's reason.
 */
export async function* run(options: RunOptions): AsyncGenerator<RunEvent> {
  const {
    model,
    toolbox,
    conversation = new Conversation(),
    policy = createPolicy(),
    maxRounds = 12,
    maxInputTokens = 180_000,
  } = options;
  const timeoutMs = options.timeoutMs ?? 120_000;
  using _turn = conversation.beginTurn();
  await using deadline = turnDeadline(options.signal, timeoutMs);
  const turnId = randomUUID();
  yield { type: "turn_started", turnId };
  const key = conversation.sources.startTurn();
  const line = turnLine(key, (options.now ?? (() => new Date()))());
  const turn: Message[] = [];
  const system = systemMessage(toolbox, systemPrompt({ ...options, servers: toolbox.instructions() }));
  let earlier = conversation.messages;
  const tainted = new Set(conversation.readFrom);
  const budget = new TurnBudget(maxInputTokens);
  const add = (message: Message): void => {
    turn.push(message);
    budget.add(message);
  };
  let usage = noUsage;
  try {
    if (conversation.keepWithin(maxInputTokens / 3)) yield shortened;
    const fetched = options.fetchAttachments ? await options.fetchAttachments(deadline.signal) : [];
    const attachments = [...(options.attachments ?? []), ...fetched];
    for (const { server } of attachments) if (server !== undefined) tainted.add(server);
    add({ role: "user", content: userText(options.question, attachments, { conversation, line }) });
    for (let round = 1; round <= maxRounds; round++) {
      if (budget.isSpent) yield* stopAtBound("tokens", `${maxInputTokens} input tokens`);
      const resolver = new CitationResolver(conversation.sources);
      const tools = toolbox.tools();
      const request = { messages: [system, ...conversation.messages, ...turn], tools, conversationId: conversation.id };
      const collector = new ReplyCollector(resolver);
      let visible: RunEvent[] = [];
      try {
        for await (const event of model.stream(request, { signal: deadline.signal })) {
          collector.take(event, visible);
          if (visible.length === 0) continue;
          for (const shown of visible) yield shown;
          visible = [];
        }
      } catch (error) {
        if (!isTooLong(error) || !conversation.halve()) throw error;
        // The service's window is smaller than ours: the same call again, with less of the earlier turns.
        if (resolver.answer !== "") yield { type: "reset", reason: "the conversation was too long for the model" };
        yield shortened;
        round--;
        continue;
      }
      const reply = collector.end(visible);
      for (const shown of visible) yield shown;
      usage = addUsage(usage, reply.usage);
      budget.sent(reply.usage.inputTokens);
      add(toMessage(reply));
      if (reply.calls.length === 0) {
        const done = finished(reply, { resolver, conversation, usage });
        conversation.commit(turn, tainted);
        earlier = conversation.messages;
        deadline.finish();
        yield done;
        return;
      }
      if (reply.text.trim() !== "") yield { type: "text", delta: "\n\n" };
      const byName = new Map<string, Tool>(tools.map((tool) => [tool.name, tool]));
      const maxParallel = options.maxParallelTools ?? 24;
      const runOptions = { toolbox, tools: byName, policy, signal: deadline.signal, maxParallel, taintedBy: [...tainted] };
      const results = yield* runTools(reply.calls, runOptions);
      for (const [index, done] of budget.fit(results).entries()) {
        if (done !== results[index]) yield leftOut(done);
        add({ role: "tool", callId: done.call.id, content: shown(done, conversation), isError: done.result.isError });
        // A failure carries the server's words as well as an answer does.
        const from = done.result.from ?? done.tool;
        if (from && done.ran) tainted.add(from.server);
      }
    }
    yield* stopAtBound("rounds", `${maxRounds} model calls`);
  } catch (error) {
    throw deadline.expired() ? timeBound(timeoutMs, error) : error;
  } finally {
    // Also where the reader left in the middle.
    conversation.restore(earlier);
  }
}

const systemMessages = new WeakMap<Toolbox, Message>();

/** The same message for the same text, so that models which keep messages serialised need not do it again for each question. */
function systemMessage(toolbox: Toolbox, content: string): Message {
  const known = systemMessages.get(toolbox);
  if (known?.content === content) return known;
  const message: Message = { role: "system", content };
  systemMessages.set(toolbox, message);
  return message;
}

const isTooLong = (error: unknown): boolean => isLecternError(error) && error.code === "context_length";

const shortened: RunEvent = {
  type: "notice",
  code: "conversation_shortened",
  message:
    "The conversation has grown long: what tools answered in its earlier turns, or the turns themselves, are no longer sent along.",
};

const leftOut = ({ call, tool }: FinishedCall): RunEvent => ({
  type: "notice",
  code: "result_too_large",
  message: `The result of ${tool ? `${tool.server}/${tool.tool}` : call.name} is larger than the turn has room for; the model was told to ask for less.`,
});

interface FinishedTurn {
  readonly resolver: CitationResolver;
  readonly conversation: Conversation;
  readonly usage: Usage;
}

function finished(reply: Reply, { resolver, conversation, usage }: FinishedTurn): RunEvent {
  const answer = resolver.answer.trim();
  const citations = resolver.citations;
  const quotes = citations.map(({ quote }) => quote);
  const flags = [
    ...resolver.flags,
    ...flagFigures(answer, citations),
    ...flagQuotes(answer, quotes, (words) => conversation.sources.holds(words)),
    ...(reply.finish === "length" ? [{ kind: "cut", text: "the answer reached the model's output limit" }] : []),
  ];
  if (reply.finish === "content_filter") {
    throw new LecternError("content_filtered", "Azure's content filter stopped the answer.", {
      fix: "Put the question in other words.",
      details: { culprit: "answer" },
    });
  }
  return { type: "done", outcome: resolver.outcome(), answer, citations, flags, usage };
}

/** The tool's answer as the model sees it: numbered text, and images beside it. */
function shown({ call, tool, result }: FinishedCall, conversation: Conversation): string | readonly Content[] {
  const from = result.from ?? tool;
  const text = result.isError
    ? conversation.sources.escape(errorText(result.content))
    : conversation.sources.show(from?.server ?? "", from?.tool ?? call.name, result);
  const images = result.content.filter((content) => content.type === "image");
  return images.length === 0 ? text : [{ type: "text", text }, ...images];
}

function errorText(content: readonly Content[]): string {
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
  return `Error: ${text.trim() || "the tool failed without saying why"}`;
}

function userText(
  question: string,
  attachments: readonly Attachment[],
  { conversation, line }: { readonly conversation: Conversation; readonly line: string },
): string {
  const attached = attachments.map(
    (attachment, index) =>
      `<attachment name="${attachment.name.replace(/["<>\s]+/g, " ")}">\n${conversation.sources.showAttachment(attachment, index + 1)}\n</attachment>`,
  );
  return [question, ...attached, line].join("\n\n");
}

function* stopAtBound(bound: "rounds" | "tokens", limit: string): Generator<RunEvent, never> {
  yield { type: "notice", code: `bound_${bound}`, message: `The turn was stopped at its limit of ${limit}.` };
  throw new LecternError("bound", `The turn reached its limit of ${limit} before there was an answer.`, {
    fix: `Ask something narrower, or raise limits.${bound === "rounds" ? "maxRounds" : "maxInputTokens"} in the configuration.`,
    details: { bound },
  });
}

function timeBound(timeoutMs: number, cause: unknown): LecternError {
  return new LecternError("bound", `The turn took longer than ${timeoutMs / 1000} seconds.`, {
    fix: "Raise --timeout, or ask something narrower.",
    cause,
    details: { bound: "time" },
  });
}

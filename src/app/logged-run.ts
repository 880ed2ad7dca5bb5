import { toLecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { Log } from "../telemetry/log.ts";

export interface LoggedRunOptions {
  readonly log: Log;
  readonly question: string;
  /** Events of servers since the last turn; told at the start of this one and emptied. */
  readonly pending: RunEvent[];
}

const maxPending = 200;

/** Adds to the events for the next turn; the oldest give way: in a host that is seldom asked, what servers reported weeks ago is no news. */
export function keepForNextTurn(pending: RunEvent[], event: RunEvent): void {
  pending.push(event);
  if (pending.length > maxPending) pending.shift();
}

/** Passes a run's events through, logging them with the turn's id. Question, arguments and result texts are content: debug only. */
export async function* logged(
  events: AsyncGenerator<RunEvent>,
  { log, question, pending }: LoggedRunOptions,
): AsyncGenerator<RunEvent> {
  let turnId = "";
  const begin = performance.now();
  try {
    for await (const event of events) {
      if (event.type === "turn_started") turnId = event.turnId;
      if (log.level !== "silent") logEvent(log, turnId, event, question);
      // Events of servers come in between: before the next event, and so never after `done`.
      if (event.type !== "turn_started") yield* pending.splice(0);
      yield event;
      if (event.type === "turn_started") yield* pending.splice(0);
    }
    log.info({ turnId, ms: Math.round(performance.now() - begin) }, "turn done");
  } catch (thrown) {
    const error = toLecternError(thrown);
    log.error({ turnId, code: error.code, requestId: error.requestId, ms: Math.round(performance.now() - begin) }, error.message);
    throw thrown;
  }
}

function logEvent(log: Log, turnId: string, event: RunEvent, question: string): void {
  switch (event.type) {
    case "turn_started":
      log.info({ turnId }, "turn started");
      log.debug({ turnId, question }, "question");
      return;
    case "tool_call":
      log.info({ turnId, id: event.id, server: event.server, tool: event.tool }, "tool call");
      log.debug({ turnId, id: event.id, arguments: event.arguments }, "tool arguments");
      return;
    case "tool_result":
      log.info({ turnId, id: event.id, ok: event.ok, ms: event.durationMs }, "tool result");
      log.debug({ turnId, id: event.id, text: event.text }, "tool result text");
      return;
    case "approval":
      log.info({ turnId, id: event.id, decision: event.decision, reason: event.reason }, "tool decision");
      return;
    case "notice":
      log.warn({ turnId, code: event.code }, event.message);
      return;
    case "server":
      log.info({ turnId, server: event.name, state: event.state, reason: event.reason }, "server state");
      return;
    case "usage":
      log.info(
        { turnId, inputTokens: event.inputTokens, cachedInputTokens: event.cachedInputTokens, outputTokens: event.outputTokens },
        "usage",
      );
      return;
    case "reset":
      log.warn({ turnId, reason: event.reason }, "reply started afresh");
      return;
    case "done":
      log.info({ turnId, outcome: event.outcome, citations: event.citations.length, flags: event.flags.length }, "answer");
      return;
    case "text":
    case "reasoning":
    case "citation":
    case "tool_progress":
      return;
  }
}

import { isJsonObject, type Json, parseJson } from "../../../core/json.ts";
import { answerFinding } from "../answer-faults.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import { DialError } from "../dial.ts";
import { type Answer, NoAnswer } from "../probe.ts";
import { question, repaired, send } from "../requests.ts";
import type { Surface } from "../target.ts";
import { connectionFinding } from "./connection.ts";

const faults = {
  "stream-cut": fails("service", "The stream ends before its closing event: something on the way cuts it."),
  "stream-stalls": fails("service", "The stream stops in the middle, and nothing more comes."),
  "stream-compressed": fails("service", "The stream is compressed, which was not asked for."),
  "stream-lost": fails("service", "A question that is streamed fails, though the same one unstreamed works."),
  "stream-buffered": warns(
    "service",
    "All of the stream arrives at once at its end: a gateway holds it back, so nothing is shown while the model writes.",
  ),
  "not-streamed": warns("service", "A whole JSON answer comes in place of the stream."),
};
const found = finder(faults);

/** Whether a streamed answer arrives as a stream, and whole. */
export const stream: Check = {
  id: "stream",
  about: "A streamed answer: whether its closing event arrives, and whether it comes bit by bit or all at once.",
  faults,
  needs: ["deployment"],
  async run(context): Promise<Verdict> {
    const { answered, target } = context.facts;
    if (answered === undefined) return { skip: "deployment gave no reply" };
    const { surface, repairs } = answered;
    const text = "Write the numbers from 1 to 30 in words, separated by commas.";
    const body = repaired(question(surface, target!.deployment, text, { tokens: 600, stream: true }), repairs);
    const stopAfterMs = context.world.limits.checkMs * 0.8;
    try {
      return judge(await send(context, surface, body, { stopAfterMs }), surface, context);
    } catch (error) {
      if (error instanceof DialError) return { findings: [connectionFinding(error, context)] };
      // A slow model looks the same, so this alone is no failure.
      if (error instanceof NoAnswer) return { findings: [{ ...lost(context, "no answer came"), status: "warn" }] };
      throw error;
    }
  },
};

function lost({ facts }: Context, how: string): Finding {
  const cause = `A streamed question to ${facts.target!.host} fails (${how}), though the same question unstreamed works.`;
  return found("stream-lost", { cause, fix: gatewayFix });
}

const gatewayFix =
  'Look at the gateway or proxy on the way: it must pass text/event-stream on unbuffered and without a short time limit (API Management: <forward-request buffer-response="false"/>; nginx: proxy_buffering off).';

function judge(answer: Answer, surface: Surface, context: Context): Verdict {
  const { host } = context.facts.target!;
  const refused = answerFinding(answer, surface, context);
  if (refused !== undefined) {
    if (/^(rate-limited|no-capacity)$/.test(refused.id)) return { findings: [refused] };
    return { findings: [lost(context, refused.cause)] };
  }
  const encoding = String(answer.headers["content-encoding"] ?? "identity");
  if (encoding !== "identity") {
    const cause = `The stream from ${host} comes compressed (${encoding}), which was not asked for.`;
    return { findings: [found("stream-compressed", { cause, fix: `Switch compression off for this path. ${gatewayFix}` })] };
  }
  const events = eventsOf(answer.body);
  if (events.length === 0 && answer.end === "whole") {
    const cause = `${host} answers a request for a stream with one whole JSON body${through(answer)}.`;
    return { findings: [found("not-streamed", { cause, fix: gatewayFix })] };
  }
  const told = `${events.length} events, the first after ${Math.round(answer.firstMs)} ms, the last after ${Math.round(answer.lastMs)} ms`;
  const isThinking = answer.end === "stalled" && !events.some(hasText);
  if (answer.end === "stopped" || isThinking) return { note: `${told}, and the model not done yet.` };
  if (!events.some((event) => isTerminal(event, surface))) return { findings: [unfinished(answer, host, events.length)] };
  if (isBuffered(answer, events)) {
    const seconds = (answer.firstMs / 1000).toFixed(1);
    const cause = `The whole stream from ${host} (${events.length} events) arrives in one go after ${seconds} s${through(answer)}: something on the way buffers it.`;
    return { findings: [found("stream-buffered", { cause, fix: gatewayFix })] };
  }
  return { note: `${told}, with its closing event.` };
}

function unfinished(answer: Answer, host: string, events: number): Finding {
  if (answer.end === "stalled") {
    const cause = `The stream from ${host} stops after ${events} events, and nothing more comes${through(answer)}.`;
    return found("stream-stalls", { cause, fix: gatewayFix });
  }
  const cause = `The stream from ${host} ends after ${events} events without its closing event${through(answer)}: something on the way cuts it.`;
  return found("stream-cut", { cause, fix: gatewayFix });
}

/** Who says in the headers that it stands in between. */
function through({ headers }: Answer): string {
  const names = [headers.via, headers.server].filter((value) => typeof value === "string" && value !== "");
  return names.length === 0 ? "" : ` (through ${names.join(", ")})`;
}

function eventsOf(body: string): readonly (Json | "[DONE]")[] {
  return body.split(/\r\n|\r|\n/).flatMap((line) => {
    if (!line.startsWith("data:")) return [];
    const data = line.slice(5).trim();
    if (data === "[DONE]") return [data];
    const parsed = parseJson(data);
    return parsed === undefined ? [] : [parsed];
  });
}

function isTerminal(event: Json | "[DONE]", surface: Surface): boolean {
  if (event === "[DONE]") return true;
  if (!isJsonObject(event)) return false;
  if (surface === "responses") return /^response\.(completed|incomplete|failed)$|^error$/.test(String(event.type));
  const choices = Array.isArray(event.choices) ? event.choices : [];
  return "error" in event || choices.some((choice) => isJsonObject(choice) && typeof choice.finish_reason === "string");
}

/** Text of the answer, or of the reasoning before it. */
function hasText(event: Json | "[DONE]"): boolean {
  if (!isJsonObject(event)) return false;
  if (typeof event.delta === "string") return true;
  const choices = Array.isArray(event.choices) ? event.choices : [];
  return choices.some((choice) => isJsonObject(choice) && isJsonObject(choice.delta) && Boolean(choice.delta.content));
}

/** Shorter answers cannot tell: the service itself sends a few words at once. */
const tellingMs = 700;
const tellingEvents = 20;

/**
 * A gateway that buffers sends everything together once it is over. The service's own content filter holds back a sentence at most, and
 * on Responses the first event comes before the model begins; so an answer of many events that took long and came in one burst is held back.
 */
function isBuffered(answer: Answer, events: readonly unknown[]): boolean {
  if (events.length < tellingEvents || answer.firstMs < tellingMs) return false;
  return answer.lastMs - answer.firstMs <= Math.max(50, answer.firstMs * 0.03);
}

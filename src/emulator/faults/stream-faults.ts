import type { Json, JsonObject } from "../../core/json.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import type { Answer } from "../http.ts";
import { eventText } from "../wire/responses-events.ts";
import type { Fault } from "./catalogue.ts";

type Amount = number | null;

const defaults = { cut: 200, stall: 200, "slow-first-token": 2_000, slow: 100 } as const;

function changeEvents(answer: Answer, change: (events: string[]) => void): Answer {
  if (!("events" in answer)) return answer;
  const events = [...answer.events];
  change(events);
  return { ...answer, events };
}

const place = (amount: Amount, length: number): number =>
  amount === null ? Math.floor(length / 2) : Math.min(length, amount) - 1;

function asyncFilterChunk(choice: JsonObject): string {
  const chunk = { id: "", object: "", created: 0, model: "", choices: [choice] };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

const safe = { filtered: false, severity: "safe" };
const annotation = {
  finish_reason: null,
  index: 0,
  content_filter_offsets: { check_offset: 0, start_offset: 0, end_offset: 128 },
  content_filter_results: { hate: safe, self_harm: safe, sexual: safe, violence: safe },
};
const block = {
  index: 0,
  finish_reason: "content_filter",
  content_filter_results: { protected_material_text: { detected: true, filtered: true } },
  content_filter_offsets: { check_offset: 65, start_offset: 65, end_offset: 1056 },
};

/** Chat with the asynchronous filter: annotations between and after the text, or a late block in place of the end. */
export function withAsyncFilter(answer: Answer, blocks: boolean): Answer {
  return changeEvents(answer, (events) => {
    const middle = Math.max(2, Math.floor(events.length / 2));
    events.splice(middle, 0, asyncFilterChunk(annotation));
    if (blocks) events.splice(middle + 2, events.length - middle - 3, asyncFilterChunk(block));
    else events.splice(-1, 0, asyncFilterChunk(annotation));
  });
}

/** What is wrong on the wire, done to an answer that was right. */
export function distort(answer: Answer, fault: Fault): Answer {
  if (fault.kind === "refusal") return answer;
  const { kind, amount } = fault;
  const delivery = answer.delivery ?? {};
  switch (kind) {
    case "cut":
      return { ...answer, delivery: { ...delivery, cutAt: amount ?? defaults.cut } };
    case "stall":
      return { ...answer, delivery: { ...delivery, stallAt: amount ?? defaults.stall } };
    case "reset":
      return { ...answer, delivery: { reset: true } };
    case "slow-first-token":
      return { ...answer, delivery: { ...delivery, firstDelayMs: amount ?? defaults[kind] } };
    case "slow":
      return { ...answer, delivery: { ...delivery, betweenDelayMs: amount ?? defaults.slow } };
    case "early-end":
      return changeEvents(answer, (events) => void events.splice(amount ?? Math.floor(events.length / 2)));
    case "duplicate-event":
      return changeEvents(
        answer,
        (events) => void events.splice(place(amount, events.length), 0, events[place(amount, events.length)]!),
      );
    case "drop-event":
      return changeEvents(answer, (events) => void events.splice(place(amount, events.length), 1));
    case "malformed-event":
      return changeEvents(answer, (events) => {
        const at = place(amount, events.length);
        events[at] = `${events[at]!.slice(0, Math.floor(events[at]!.length / 2)).trimEnd()}\n\n`;
      });
    case "async-filter":
    case "async-filter-block":
      return withAsyncFilter(answer, kind === "async-filter-block");
    default:
      return answer;
  }
}

function dataOf(event: string | undefined): JsonObject {
  const parsed = parseJson(/^data: (.*)$/m.exec(event ?? "")?.[1] ?? "");
  return isJsonObject(parsed) ? parsed : {};
}

/** A throttle inside a 200 stream of Responses: three orders of the same news. Source: reference section 3.4. */
export function throttledStream(
  answer: Answer & { readonly events: Iterable<string> },
  kind: "throttle-a" | "throttle-b" | "throttle-c",
  deployment: Deployment,
  seconds: number,
): Answer {
  const [first] = answer.events;
  const created = dataOf(first).response;
  const base = isJsonObject(created) ? created : {};
  const region = deployment.region.toLowerCase().replace(/\s/g, "");
  const message =
    kind === "throttle-a"
      ? "Your requests to the deployment have exceeded rate limit."
      : `Your requests to ${deployment.name} for ${deployment.model} in ${region} have exceeded rate limit.`;
  const failed = (error: Json): JsonObject => ({ ...base, status: "failed", error, output: [], usage: null });
  const error = {
    type: "too_many_requests",
    code: "rate_limit_exceeded",
    headers: { "x-ms-fe-error": "true" },
    message,
    param: null,
  };
  const orders = {
    "throttle-a": [
      { type: "response.failed", response: failed(null) },
      { type: "error", error },
    ],
    "throttle-b": [
      { type: "response.created", response: base },
      { type: "error", error },
      { type: "response.failed", response: failed({ code: "rate_limit_exceeded", message }) },
    ],
    "throttle-c": [{ type: "response.failed", response: failed({ message }) }],
  } as const;
  const events = orders[kind].map((event, index) => eventText(event, index + (kind === "throttle-a" ? 1 : 0)));
  return { status: 200, headers: { ...answer.headers, "retry-after": String(seconds) }, events };
}

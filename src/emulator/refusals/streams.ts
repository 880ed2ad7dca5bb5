import { documented, type Evidence, recorded, reported } from "./refusal.ts";

/** Something odd that Azure does inside a stream, or instead of one. Asked for by the fault of the same name. */
export interface OddStream {
  readonly fault: string;
  readonly what: string;
  readonly evidence: Evidence;
}

/** Odd streams with a source. The other faults (cut, stall, ...) are what any network does and need none. */
export const oddStreams: readonly OddStream[] = [
  {
    fault: "throttle-a",
    what: "Responses on v1: a throttle as 200 with `retry-after`; `response.failed` with `error: null`, then `error`.",
    evidence: reported("https://github.com/earendil-works/pi/issues/7983"),
  },
  {
    fault: "throttle-b",
    what: "The same in another order: `response.created`, `error`, then `response.failed` with the error filled; remaining tokens below 0.",
    evidence: reported("public source that calls it a capture of 2026-08-20"),
  },
  {
    fault: "throttle-c",
    what: "The same with only `response.failed` and a message, no code.",
    evidence: reported("https://github.com/sozercan/vekil/issues/267"),
  },
  {
    fault: "async-filter",
    what: "Chat with the asynchronous filter: chunks without delta but with `content_filter_offsets`, one after `finish_reason: stop`.",
    evidence: reported("https://github.com/microsoft/autogen/issues/6465"),
  },
  {
    fault: "async-filter-block",
    what: "The same, blocking late: `finish_reason: content_filter` on a choice without delta, after text was shown.",
    evidence: documented("MicrosoftDocs/azure-ai-docs articles/foundry/openai/concepts/content-streaming.md"),
  },
  {
    fault: "completion-filtered",
    what: "A completion stopped by a filter: a chat choice without message and `finish_reason: content_filter`; `incomplete` on Responses.",
    evidence: recorded("a real response of April 2024 (chat); Responses assumed alike"),
  },
];

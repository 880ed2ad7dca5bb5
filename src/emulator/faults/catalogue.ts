import { closest } from "../../core/closest.ts";
import { LecternError } from "../../core/errors.ts";
import { refusals } from "../refusals/table.ts";

/** What each fault does, for the documentation and for checking names. `amount` says what the number after the colon means. */
export const faultKinds = [
  {
    name: "cut",
    amount: "bytes of the body sent first; default 200",
    what: "The connection is destroyed in the middle of the body.",
  },
  {
    name: "stall",
    amount: "bytes of the body sent first; default 200",
    what: "Nothing more is said, and the connection stays open.",
  },
  { name: "early-end", amount: "events sent first; default half", what: "The stream ends cleanly without its last event." },
  { name: "reset", amount: null, what: "The connection is reset before any answer." },
  { name: "slow-first-token", amount: "milliseconds; default 2000", what: "Headers at once, the first event late." },
  { name: "slow", amount: "milliseconds between events; default 100", what: "Every event is late." },
  { name: "duplicate-event", amount: "which event, from 1; default the middle", what: "One event comes twice." },
  { name: "drop-event", amount: "which event, from 1; default the middle", what: "One event is missing." },
  { name: "malformed-event", amount: "which event, from 1; default the middle", what: "One event's JSON is broken off." },
  { name: "html-502", amount: null, what: "A gateway's HTML page with status 502." },
  { name: "json-for-sse", amount: null, what: "A 200 with a JSON body in place of the stream." },
  { name: "html-200", amount: null, what: "A 200 with an HTML page." },
  { name: "408", amount: null, what: "A timeout of the service." },
  { name: "500", amount: null, what: "An internal error of the service." },
  { name: "502", amount: null, what: "A bad gateway, with an empty body." },
  { name: "503", amount: null, what: "The service is unavailable." },
  { name: "504", amount: null, what: "A gateway timeout." },
  { name: "429", amount: "seconds to wait; default 22", what: "A token limit of the older front end." },
  { name: "throttle-a", amount: "seconds to wait; default 1", what: "A throttle inside a 200 stream of Responses, first order." },
  { name: "throttle-b", amount: "seconds to wait; default 4", what: "The same, second order." },
  { name: "throttle-c", amount: "seconds to wait; default 1", what: "The same, with a message only." },
  { name: "async-filter", amount: null, what: "Chat chunks of the asynchronous filter, without delta." },
  { name: "async-filter-block", amount: null, what: "The same, blocking after text was shown." },
  { name: "completion-filtered", amount: null, what: "The completion is stopped by a filter." },
  { name: "filter-tool-result", amount: null, what: "The jailbreak filter trips, if the request holds a tool result." },
  { name: "expire-token", amount: null, what: "The bearer token of this request counts as expired from now on." },
] as const;

type FaultKind = (typeof faultKinds)[number]["name"];

export type Fault =
  | { readonly kind: FaultKind; readonly amount: number | null }
  /** A row of the refusals table, asked for by name. */
  | { readonly kind: "refusal"; readonly id: string };

const short = new Map<string, string>([
  ["429-classic", "429"],
  ["hang", "stall"],
  ["truncate", "cut"],
]);

/** Faults whose number says which event, from 1. */
const ofOneEvent = /-event$/;
/** The longest wait that a timer can hold, in milliseconds. */
const largest = 2 ** 31 - 1;

function amountOf(name: string, digits: string | undefined): number | null {
  if (digits === undefined) return null;
  const least = ofOneEvent.test(name) ? 1 : 0;
  const amount = Number(digits);
  if (amount >= least && amount <= largest) return amount;
  throw new LecternError("config", `The fault "${name}" cannot have the number ${digits.slice(0, 20)}.`, {
    fix: `Choose one from ${least} to ${largest}, or leave it out.`,
  });
}

/**
 * Reads a fault as it stands in `x-emulate-fault` or in a configuration: `cut:120`, `429-new`, the id of any refusal.
 * Throws `config` for a name that is not known and for a number that cannot be.
 */
export function parseFault(text: string): Fault {
  const [, given = "", digits] = /^\s*([^:\s]+?)\s*(?::\s*(\d+))?\s*$/.exec(text) ?? [];
  const name = short.get(given) ?? given;
  const kind = faultKinds.find((each) => each.name === name);
  if (kind !== undefined) return { kind: kind.name, amount: amountOf(kind.name, digits) };
  if (refusals.some((row) => row.id === name)) return { kind: "refusal", id: name };
  const names = [...faultKinds.map((each) => each.name), ...refusals.map((row) => row.id)];
  const near = closest(name, names);
  throw new LecternError("config", `"${text.slice(0, 60)}" is no fault of the emulator.`, {
    fix: near === undefined ? `Known faults: ${faultKinds.map((each) => each.name).join(", ")}.` : `Did you mean "${near}"?`,
  });
}

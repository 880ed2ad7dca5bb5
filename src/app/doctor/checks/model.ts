import { isJsonObject, parseJson } from "../../../core/json.ts";
import type { Check, Verdict } from "../check.ts";
import { finder, warns } from "../check.ts";
import { clockFix, clockGap } from "../clock.ts";

const faults = {
  "clock-wrong": warns(
    "config",
    "This machine's clock is more than five minutes off the service's: tokens are refused when it gets worse.",
  ),
};
const found = finder(faults);

/** Which model answers, and where. */
export const model: Check = {
  id: "model",
  about: "The model that answered, its region, and whether this machine's clock agrees with the service's.",
  faults,
  needs: ["deployment"],
  run({ facts, world }): Verdict {
    if (facts.answered === undefined) return { skip: "deployment gave no reply" };
    const { headers, body } = facts.answered.answer;
    const parsed = parseJson(body);
    const named = isJsonObject(parsed) && typeof parsed.model === "string" && parsed.model !== "" ? parsed.model : undefined;
    const served = headers["x-ms-served-model"] ?? named ?? "not told";
    const note = `served by ${String(served)} in ${String(headers["x-ms-region"] ?? "an unnamed region")}.`;
    const gap = clockGap(headers.date, world.now());
    if (gap === undefined) return { note };
    const cause = `This machine's clock is ${gap} the service's.`;
    return { findings: [found("clock-wrong", { cause, fix: clockFix })], note };
  },
};

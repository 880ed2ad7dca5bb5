import { isJsonObject, parseJson } from "../../../core/json.ts";
import type { Check, Verdict } from "../check.ts";
import { finder, warns } from "../check.ts";

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
    const theirs = headers.date === undefined ? Number.NaN : Date.parse(headers.date);
    const offMs = world.now() - theirs;
    if (!Number.isFinite(offMs) || Math.abs(offMs) < 5 * 60_000) return { note };
    const minutes = Math.round(Math.abs(offMs) / 60_000);
    const cause = `This machine's clock is ${minutes} minutes ${offMs > 0 ? "ahead of" : "behind"} the service's.`;
    const fix =
      "Set the clock by the network: timedatectl set-ntp true (Linux), w32tm /resync (Windows), sudo sntp -sS time.apple.com (macOS).";
    return { findings: [found("clock-wrong", { cause, fix })], note };
  },
};

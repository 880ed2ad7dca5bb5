import type { Json } from "../core/json.ts";
import type { BrainMessage } from "./brain/brain.ts";
import { Refused } from "./refusals/table.ts";

const severity = { filtered: false, severity: "safe" } as const;
const detection = { detected: false, filtered: false } as const;

/** Filter results of a harmless prompt, keys in Azure's order. Source: recordings of 2026. */
export const safePrompt = {
  hate: severity,
  jailbreak: detection,
  self_harm: severity,
  sexual: severity,
  violence: severity,
} as const;

/** Filter results of a harmless completion. */
export const safeCompletion = {
  hate: severity,
  protected_material_code: detection,
  protected_material_text: detection,
  self_harm: severity,
  sexual: severity,
  violence: severity,
} as const;

export const filterCategories = ["hate", "jailbreak", "self_harm", "sexual", "violence"] as const;

/** Text that trips the emulated content filter. */
export interface FilterTrigger {
  readonly pattern: RegExp;
  readonly category: (typeof filterCategories)[number];
  readonly severity: "low" | "medium" | "high";
  /** Where the text must stand: what the user says, what a tool returned, what the model says. */
  readonly on: readonly ("prompt" | "tool" | "completion")[];
  /** Whether the refusal says which category it was; custom policies do not. */
  readonly innererror: boolean;
}

type Results = Record<string, { filtered: boolean; severity?: string; detected?: boolean }>;

/** Filter results in which one category was stopped. */
export function filteredResults(base: Readonly<Results>, trigger: Pick<FilterTrigger, "category" | "severity">): Results {
  const hit =
    trigger.category === "jailbreak" ? { filtered: true, detected: true } : { filtered: true, severity: trigger.severity };
  return { ...base, [trigger.category]: hit };
}

function refuse(trigger: FilterTrigger): never {
  if (!trigger.innererror) throw new Refused("400-content-filter-bare");
  throw promptFiltered(trigger);
}

/** The refusal of a filtered prompt, with its report. */
export function promptFiltered(trigger: Pick<FilterTrigger, "category" | "severity">): Refused {
  const content_filter_result = filteredResults(safePrompt, trigger) as Json;
  return new Refused("400-content-filter-prompt", {}, { report: content_filter_result });
}

/** Stops a prompt in which a user or a tool says what a trigger matches. Throws Refused. */
export function checkPrompt(triggers: readonly FilterTrigger[], messages: readonly BrainMessage[]): void {
  for (const trigger of triggers) {
    for (const { role, text } of messages) {
      const place = role === "tool" ? "tool" : role === "user" || role === "system" ? "prompt" : undefined;
      if (place !== undefined && trigger.on.includes(place) && trigger.pattern.test(text)) refuse(trigger);
    }
  }
}

/** The trigger that a completion trips. */
export function completionTrigger(triggers: readonly FilterTrigger[], text: string): FilterTrigger | undefined {
  return triggers.find((trigger) => trigger.on.includes("completion") && trigger.pattern.test(text));
}

import { digest } from "../seeded.ts";
import type { Fault } from "./catalogue.ts";

/** When a fault of the configuration strikes. Without `first`, `every`, `at` and `chance`: always. */
export interface FaultRule {
  readonly fault: Fault;
  /** Only requests whose path holds this. */
  readonly path?: string;
  /** Only requests to this deployment. */
  readonly deployment?: string;
  /** The first n matching requests. */
  readonly first?: number;
  /** Every nth matching request. */
  readonly every?: number;
  /** The matching requests of these numbers, from 1. */
  readonly at?: readonly number[];
  /** A share of the matching requests, chosen by the seed: the same ones in each run. */
  readonly chance?: number;
}

/** Applies the rules of a configuration to requests in the order they come. */
export class FaultPlan {
  readonly #rules: readonly FaultRule[];
  readonly #seed: number;
  readonly #counts: number[];

  constructor(rules: readonly FaultRule[], seed: number) {
    this.#rules = rules;
    this.#seed = seed;
    this.#counts = rules.map(() => 0);
  }

  /** The fault that strikes this request, of the first rule that says so. */
  next(path: string, deployment: string): Fault | undefined {
    let struck: Fault | undefined;
    for (const [index, rule] of this.#rules.entries()) {
      if (rule.path !== undefined && !path.includes(rule.path)) continue;
      if (rule.deployment !== undefined && rule.deployment !== deployment) continue;
      const count = ++this.#counts[index]!;
      if (struck === undefined && this.#strikes(rule, index, count)) struck = rule.fault;
    }
    return struck;
  }

  #strikes(rule: FaultRule, index: number, count: number): boolean {
    if (rule.first !== undefined && count > rule.first) return false;
    if (rule.every !== undefined && count % rule.every !== 0) return false;
    if (rule.at !== undefined && !rule.at.includes(count)) return false;
    if (rule.chance === undefined) return true;
    const drawn = Number.parseInt(digest(String(this.#seed), "fault", String(index), String(count)).slice(0, 8), 16);
    return drawn / 0x1_0000_0000 < rule.chance;
  }
}

import type { SecureContext } from "node:tls";
import type { Config } from "../../config/config.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { Facts } from "./facts.ts";
import type { OpenServers } from "./open-servers.ts";
import type { World } from "./world.ts";

export type CheckStatus = "ok" | "warn" | "fail" | "skip";

/** One thing that can be wrong, as the reference lists it. */
export interface Fault {
  readonly status: "warn" | "fail";
  /** Decides the exit code of a `fail`. */
  readonly code: ErrorCode;
  /** What makes the doctor say so: one sentence for docs/reference/doctor.md. */
  readonly when: string;
}

export type Faults = Readonly<Record<string, Fault>>;

export const fails = (code: ErrorCode, when: string): Fault => ({ status: "fail", code, when });
export const warns = (code: ErrorCode, when: string): Fault => ({ status: "warn", code, when });

/** A fault that was found. Neither text holds a secret. */
export interface Finding extends Fault {
  readonly id: string;
  /** What is wrong, in whole sentences. */
  readonly cause: string;
  /** What mends it: a command where there is one. */
  readonly fix: string;
}

/** Makes findings of one check: only its own faults can be named. */
export function finder<T extends Faults>(faults: T): (id: keyof T & string, text: FindingText) => Finding {
  return (id, { cause, fix, status }) => ({ ...faults[id]!, ...(status === undefined ? {} : { status }), id, cause, fix });
}

export interface FindingText {
  readonly cause: string;
  readonly fix: string;
  /** Where the case at hand is graver or milder than usual. */
  readonly status?: "warn" | "fail";
}

/** What a check came to: findings, or what was seen where all is well, or why there was nothing to look at. */
export type Verdict =
  | { readonly findings: readonly Finding[]; readonly note?: string }
  | { readonly note: string }
  | { readonly skip: string };

export interface Context {
  readonly config: Config;
  readonly world: World;
  /** What earlier checks saw; each field is written by one check. */
  readonly facts: Facts;
  /** Replaces secrets in what is reported. */
  readonly redact: (text: string) => string;
  /** Certificates to trust, read when first needed. */
  readonly trust: () => SecureContext;
  /** The configured servers, connected when first asked for. */
  readonly servers: OpenServers;
  /** Ends the check: its own time is up, or the run's, or the user stopped it. */
  readonly signal: AbortSignal;
}

export interface Check {
  readonly id: string;
  /** What it looks at, for the reference. */
  readonly about: string;
  readonly faults: Faults;
  /** Ids of checks without which this one is pointless: it is skipped when one of them failed or was skipped. */
  readonly needs: readonly string[];
  /** Never rejects for a fault of the world; what it throws is told as a bug of the doctor. */
  run(context: Context): Promise<Verdict> | Verdict;
}

/** One line of the report. `id`, `status`, `cause`, `fix` and `ms` are the `--json` object. Contract: docs/reference/doctor.md. */
export interface CheckReport {
  readonly id: string;
  readonly status: CheckStatus;
  /** A line per finding, and what was seen besides. */
  readonly cause: string;
  /** A line per finding, in the same order. */
  readonly fix: string | null;
  readonly ms: number;
  readonly findings: readonly Finding[];
}

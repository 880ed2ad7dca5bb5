import type { FilterTrigger } from "./content-filter.ts";
import type { Deployment } from "./deployments.ts";
import type { FaultRule } from "./faults/plan.ts";
import type { Network } from "./gate.ts";
import type { IdentityConfig } from "./identity/tenant.ts";

/** What a configuration can set. Absent parts keep their defaults. */
export interface EmulatorConfig {
  /** Name of the resource: encrypted reasoning is bound to it. Default "lectern-emulator". */
  readonly resource?: string;
  readonly deployments?: readonly Deployment[];
  readonly network?: Network;
  readonly contentFilter?: readonly FilterTrigger[];
  readonly faults?: readonly FaultRule[];
  /** The emulated Entra tenant; opens its https token endpoint. The managed-identity endpoints are always there. */
  readonly identity?: IdentityConfig;
}

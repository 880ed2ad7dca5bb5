import type { Json } from "../core/json.ts";
import type { EmulatorConfig } from "./config.ts";
import { type FilterTrigger, filterCategories } from "./content-filter.ts";
import { type Api, type Deployment, defaultDeployments } from "./deployments.ts";
import { parseFault } from "./faults/catalogue.ts";
import type { FaultRule } from "./faults/plan.ts";
import { type IdentityConfig, type PrincipalConfig, roles } from "./identity/tenant.ts";
import {
  booleanOf,
  complain,
  entries,
  fields,
  items,
  numberOf,
  oneOf,
  patternOf,
  property,
  type Reader,
  stringOf,
} from "./reader.ts";

const apis: readonly Api[] = ["responses", "chat", "embeddings"];
const deploymentFields = [
  "extends",
  "model",
  "served",
  "apis",
  "reasoning",
  "efforts",
  "chatTools",
  "refuses",
  "fixed",
  "refusesRoles",
  "refusesTools",
  "contextWindow",
  "maxOutputTokens",
  "maxToolDescription",
  "region",
  "requestsPerMinute",
  "tokensPerMinute",
  "requestWindows",
  "throttling",
  "asyncFilter",
  "contentFilter",
] as const;

const strings = (reader: Reader): readonly string[] => items(reader).map(stringOf);
const limit = (reader: Reader): number | null => (reader.value === null ? null : numberOf(reader, { min: 1 }));

function baseOf(name: string, reader: Reader): Deployment {
  const byName = (wanted: string): Deployment | undefined => defaultDeployments.find((each) => each.name === wanted);
  if (reader.value === undefined) return byName(name) ?? byName("default")!;
  const base = byName(stringOf(reader));
  return (
    base ??
    complain(
      reader,
      `is ${JSON.stringify(reader.value)}`,
      `Choose one of ${defaultDeployments.map((each) => each.name).join(", ")}.`,
    )
  );
}

/** A deployment: what it says, and the rest from the profile it extends (its namesake, or `default`). */
function toDeployment([name, reader]: readonly [string, Reader]): Deployment {
  const field = fields(reader, deploymentFields);
  const base = baseOf(name, field("extends"));
  const model = property("model", field("model"), stringOf);
  return {
    ...base,
    ...(model.model === undefined ? {} : { ...model, served: model.model }),
    ...property("served", field("served"), stringOf),
    ...property("apis", field("apis"), (each) => items(each).map((api) => oneOf(api, apis))),
    ...property("reasoning", field("reasoning"), booleanOf),
    ...property("efforts", field("efforts"), strings),
    ...property("chatTools", field("chatTools"), (each) => oneOf(each, ["always", "without_reasoning", "never"])),
    ...property("refuses", field("refuses"), strings),
    ...property("fixed", field("fixed"), strings),
    ...property("refusesRoles", field("refusesRoles"), strings),
    ...property("refusesTools", field("refusesTools"), strings),
    ...property("contextWindow", field("contextWindow"), (each) => numberOf(each, { min: 1 })),
    ...property("maxOutputTokens", field("maxOutputTokens"), numberOf),
    ...property("maxToolDescription", field("maxToolDescription"), limit),
    ...property("region", field("region"), stringOf),
    ...property("requestsPerMinute", field("requestsPerMinute"), limit),
    ...property("tokensPerMinute", field("tokensPerMinute"), limit),
    ...property("requestWindows", field("requestWindows"), (each) =>
      items(each).map((seconds) => numberOf(seconds, { min: 1, max: 60 })),
    ),
    ...property("throttling", field("throttling"), (each) => oneOf(each, ["classic", "new", "stream-a", "stream-b", "stream-c"])),
    ...property("asyncFilter", field("asyncFilter"), booleanOf),
    ...property("contentFilter", field("contentFilter"), (each) => items(each).map(toTrigger)),
    name,
  };
}

/** Deployments of a configuration stand beside the default ones; `null` takes a default one away. */
function toDeployments(reader: Reader): Deployment[] {
  const found = new Map(defaultDeployments.map((deployment) => [deployment.name, deployment]));
  for (const entry of entries(reader)) {
    if (entry[1].value === null) found.delete(entry[0]);
    else found.set(entry[0], toDeployment(entry));
  }
  return [...found.values()];
}

function toTrigger(reader: Reader): FilterTrigger {
  const field = fields(reader, ["pattern", "category", "severity", "on", "innererror"]);
  const places = property("on", field("on"), (each) => items(each).map((one) => oneOf(one, ["prompt", "tool", "completion"])));
  return {
    pattern: patternOf(field("pattern")),
    category: field("category").value === undefined ? "jailbreak" : oneOf(field("category"), filterCategories),
    severity: field("severity").value === undefined ? "high" : oneOf(field("severity"), ["low", "medium", "high"]),
    on: places.on ?? ["prompt", "tool"],
    innererror: field("innererror").value === undefined ? true : booleanOf(field("innererror")),
  };
}

function toFaultRule(reader: Reader): FaultRule {
  const field = fields(reader, ["fault", "path", "deployment", "first", "every", "at", "chance"]);
  const atLeastOne = (each: Reader): number => numberOf(each, { min: 1 });
  return {
    fault: parseFault(stringOf(field("fault"))),
    ...property("path", field("path"), stringOf),
    ...property("deployment", field("deployment"), stringOf),
    ...property("first", field("first"), atLeastOne),
    ...property("every", field("every"), atLeastOne),
    ...property("at", field("at"), (each) => items(each).map(atLeastOne)),
    ...property("chance", field("chance"), (each) => numberOf(each, { min: 0, max: 1 })),
  };
}

function toPrincipal(reader: Reader): PrincipalConfig {
  const field = fields(reader, ["kind", "clientId", "secret", "roles"]);
  return {
    kind: oneOf(field("kind"), ["system", "user", "application"]),
    ...property("clientId", field("clientId"), stringOf),
    ...property("secret", field("secret"), stringOf),
    ...property("roles", field("roles"), (each) => items(each).map((role) => oneOf(role, roles))),
  };
}

function toIdentity(reader: Reader): IdentityConfig {
  const field = fields(reader, ["tenantId", "tokenLifetimeSeconds", "principals", "identityHeader", "federatedToken"]);
  return {
    ...property("tenantId", field("tenantId"), stringOf),
    ...property("tokenLifetimeSeconds", field("tokenLifetimeSeconds"), (each) => numberOf(each, { min: 1 })),
    ...property("principals", field("principals"), (each) => items(each).map(toPrincipal)),
    ...property("identityHeader", field("identityHeader"), stringOf),
    ...property("federatedToken", field("federatedToken"), stringOf),
  };
}

/**
 * Reads a configuration from parsed JSON. `source` names the file in errors. Throws `config` for unknown names (with the nearest known
 * one), wrong types, unknown faults and bad regular expressions.
 */
export function parseEmulatorConfig(json: Json, source = "config"): EmulatorConfig {
  const field = fields({ at: `${source}:`, value: json }, [
    "resource",
    "deployments",
    "network",
    "contentFilter",
    "faults",
    "identity",
  ]);
  return {
    ...property("resource", field("resource"), stringOf),
    ...property("deployments", field("deployments"), toDeployments),
    ...property("network", field("network"), (each) =>
      oneOf(each, ["open", "firewall", "virtual_network", "private", "blocked"]),
    ),
    ...property("contentFilter", field("contentFilter"), (each) => items(each).map(toTrigger)),
    ...property("faults", field("faults"), (each) => items(each).map(toFaultRule)),
    ...property("identity", field("identity"), toIdentity),
  };
}

import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Facts } from "../refusals/refusal.ts";
import { type RefusalId, Refused } from "../refusals/table.ts";
import { list } from "../wire/chat-request.ts";

/** Where in the schema a rule is broken, in the notation of the service. */
type Place = readonly string[];

const tuple = (place: Place): string => {
  const quoted = place.map((step) => `'${step}'`);
  return quoted.length === 1 ? `(${quoted[0]},)` : `(${quoted.join(", ")})`;
};

/** Which refusals a strict schema's faults get, and the facts they name. */
interface StrictRules {
  readonly facts: Facts;
  readonly properties: RefusalId;
  readonly required: RefusalId;
}

function typesOf(schema: JsonObject): readonly Json[] {
  return Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
}

function checkStrict(schema: JsonObject, place: Place, { facts, properties, required }: StrictRules): void {
  if (!typesOf(schema).includes("object")) return;
  const context = tuple(place);
  if (schema.additionalProperties !== false) throw new Refused(properties, { ...facts, context });
  const named = list(schema.required);
  const known = isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
  const left = known.find((name) => !named.includes(name));
  if (left !== undefined) throw new Refused(required, { ...facts, context, missing: left });
}

/** Schemas inside a schema, with the way there. */
function* inner(schema: JsonObject): Generator<readonly [readonly string[], Json]> {
  for (const key of ["properties", "$defs", "definitions"]) {
    const group = schema[key];
    if (isJsonObject(group)) for (const [name, value] of Object.entries(group)) yield [[key, name], value];
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    for (const [index, value] of list(schema[key]).entries()) yield [[key, String(index)], value];
  }
  if (schema.items !== undefined) yield [["items"], schema.items];
}

/** A value as the service, which is written in Python, shows it. */
function shown(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value);
}

function checkToolSchema(schema: Json, place: Place, facts: Facts, strict: StrictRules | undefined): void {
  if (typeof schema === "boolean") return;
  if (!isJsonObject(schema)) throw new Refused("400-bad-tool-schema-not-object", { ...facts, value: shown(schema) });
  const properties = schema.properties;
  if (properties !== undefined && !isJsonObject(properties)) {
    throw new Refused("400-bad-tool-schema-not-object", { ...facts, value: shown(properties) });
  }
  if (typesOf(schema).includes("array") && schema.items === undefined && schema.prefixItems === undefined) {
    throw new Refused("400-bad-tool-schema-items", { ...facts, context: tuple(place) });
  }
  if (schema.required !== undefined && !Array.isArray(schema.required)) {
    throw new Refused("400-bad-tool-schema-required", { ...facts, value: shown(schema.required) });
  }
  if (strict !== undefined) checkStrict(schema, place, strict);
  for (const [way, value] of inner(schema)) checkToolSchema(value, [...place, ...way], facts, strict);
}

/** The schema of a tool's parameters. Throws Refused. */
export function checkParameters(parameters: Json | undefined, facts: Facts, strict: boolean): void {
  if (parameters === undefined) return;
  if (!isJsonObject(parameters)) throw new Refused("400-bad-tool-schema-not-object", { ...facts, value: shown(parameters) });
  if (Object.keys(parameters).length === 0) return;
  if (parameters.type !== "object") {
    const { type: given } = parameters;
    const type = given === undefined ? "null" : typeof given === "string" ? `"${given}"` : shown(given);
    throw new Refused("400-bad-tool-schema-type", { ...facts, type });
  }
  if (["oneOf", "anyOf", "allOf", "enum", "not"].some((key) => parameters[key] !== undefined)) {
    throw new Refused("400-bad-tool-schema-union", facts);
  }
  if (parameters.properties === undefined) throw new Refused("400-bad-tool-schema-properties", { ...facts, context: "()" });
  const rules = { facts, properties: "400-strict-additional-properties", required: "400-strict-required" } as const;
  checkToolSchema(parameters, [], facts, strict ? rules : undefined);
}

/** The schema of a strict response format. Throws Refused. */
export function checkStrictSchema(schema: Json, rules: StrictRules, place: Place = []): void {
  if (!isJsonObject(schema)) return;
  checkStrict(schema, place, rules);
  for (const [way, value] of inner(schema)) checkStrictSchema(value, rules, [...place, ...way]);
}

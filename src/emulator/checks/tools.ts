import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Deployment } from "../deployments.ts";
import { Refused } from "../refusals/table.ts";
import { list } from "../wire/chat-request.ts";

const maxTools = 128;
const maxName = 64;

/** Where in the schema a rule is broken, in the notation of the service. */
type Place = readonly string[];

const tuple = (place: Place): string => {
  const quoted = place.map((step) => `'${step}'`);
  return quoted.length === 1 ? `(${quoted[0]},)` : `(${quoted.join(", ")})`;
};

interface SchemaCheck {
  readonly function: string;
  readonly param: string;
  readonly strict: boolean;
}

const shown = (value: Json): string => (value === null ? "None" : JSON.stringify(value));

function typesOf(schema: JsonObject): readonly Json[] {
  return Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
}

function checkStrict(schema: JsonObject, place: Place, check: SchemaCheck): void {
  if (!typesOf(schema).includes("object")) return;
  const context = tuple(place);
  if (schema.additionalProperties !== false) throw new Refused("400-strict-additional-properties", { ...facts(check), context });
  const required = list(schema.required);
  const properties = isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
  const missing = properties.find((name) => !required.includes(name));
  if (missing !== undefined) throw new Refused("400-strict-required", { ...facts(check), context, missing });
}

const facts = (check: SchemaCheck): { function: string; param: string } => ({ function: check.function, param: check.param });

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

function checkSchema(schema: Json, place: Place, check: SchemaCheck): void {
  if (typeof schema === "boolean") return;
  if (!isJsonObject(schema)) throw new Refused("400-bad-tool-schema-not-object", { ...facts(check), value: shown(schema) });
  const properties = schema.properties;
  if (properties !== undefined && !isJsonObject(properties)) {
    throw new Refused("400-bad-tool-schema-not-object", { ...facts(check), value: shown(properties) });
  }
  const context = tuple(place);
  if (typesOf(schema).includes("array") && schema.items === undefined && schema.prefixItems === undefined) {
    throw new Refused("400-bad-tool-schema-items", { ...facts(check), context });
  }
  if (check.strict) checkStrict(schema, place, check);
  for (const [way, value] of inner(schema)) checkSchema(value, [...place, ...way], check);
}

function checkParameters(parameters: Json | undefined, check: SchemaCheck): void {
  if (parameters === undefined) return;
  if (!isJsonObject(parameters)) {
    throw new Refused("400-bad-tool-schema-not-object", { ...facts(check), value: shown(parameters) });
  }
  if (Object.keys(parameters).length === 0) return;
  if (parameters.type !== "object") {
    throw new Refused("400-bad-tool-schema-type", {
      ...facts(check),
      type: parameters.type === undefined ? "null" : `"${String(parameters.type)}"`,
    });
  }
  if (["oneOf", "anyOf", "allOf", "enum", "not"].some((key) => parameters[key] !== undefined)) {
    throw new Refused("400-bad-tool-schema-union", facts(check));
  }
  if (parameters.properties === undefined)
    throw new Refused("400-bad-tool-schema-properties", { ...facts(check), context: "()" });
  checkSchema(parameters, [], check);
}

function checkName(name: Json | undefined, param: string): void {
  if (name === undefined || name === null || name === "") throw new Refused("400-missing-parameter", { param });
  if (typeof name !== "string") throw new Refused("400-invalid-type", { param, expected: "a string", got: `a ${typeof name}` });
  if (name.length > maxName) throw new Refused("400-string-too-long", { param, limit: maxName, length: name.length });
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) throw new Refused("400-tool-name-pattern", { param });
}

/** What Azure refuses in the tools offered: their number, names, descriptions and schemas, in this order for each tool. */
export function checkTools(api: "chat" | "responses", deployment: Deployment, body: JsonObject): void {
  const tools = list(body.tools);
  if (tools.length > maxTools) throw new Refused("400-too-many-tools", { length: tools.length });
  for (const [index, tool] of tools.entries()) {
    const inFunction = api === "chat";
    const path = inFunction ? `tools[${index}].function` : `tools[${index}]`;
    if (!isJsonObject(tool))
      throw new Refused("400-invalid-type", { param: `tools[${index}]`, expected: "an object", got: "something else" });
    if (tool.type !== "function") continue;
    const definition = inFunction ? tool.function : tool;
    if (!isJsonObject(definition)) throw new Refused("400-missing-parameter", { param: path });
    checkName(definition.name, `${path}.name`);
    const limit = deployment.maxToolDescription;
    const { description } = definition;
    if (limit !== null && typeof description === "string" && description.length > limit) {
      throw new Refused("400-string-too-long", { param: `${path}.description`, limit, length: description.length });
    }
    const check = { function: String(definition.name), param: `${path}.parameters`, strict: definition.strict === true };
    checkParameters(definition.parameters, check);
  }
}

/** Chat Completions takes no function tools together with reasoning on current models. */
export function checkChatTools(deployment: Deployment, body: JsonObject): void {
  const functions = list(body.tools).filter((tool) => isJsonObject(tool) && tool.type === "function");
  if (functions.length === 0 || deployment.chatTools === "always") return;
  if (deployment.chatTools === "without_reasoning" && body.reasoning_effort === "none") return;
  throw new Refused("400-tools-with-reasoning", { model: deployment.model });
}

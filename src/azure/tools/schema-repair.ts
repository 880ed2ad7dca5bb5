import type { Json, JsonObject } from "../../core/json.ts";
import { isJsonObject } from "../../core/json.ts";

/** A schema Azure accepts, and what had to be changed for that, one sentence each. */
export interface RepairedSchema {
  readonly schema: JsonObject;
  readonly changes: readonly string[];
}

type Kind = "object" | "array" | "schema" | "schemas" | "number" | "boolean" | "string" | "type" | "any";

/** What a keyword's value must be; a value of another kind (most often null) makes Azure refuse the whole request. */
const kinds: Readonly<Record<string, Kind>> = {
  type: "type",
  properties: "object",
  patternProperties: "object",
  $defs: "object",
  definitions: "object",
  dependentSchemas: "object",
  required: "array",
  enum: "array",
  examples: "array",
  anyOf: "schemas",
  oneOf: "schemas",
  allOf: "schemas",
  prefixItems: "schemas",
  items: "schema",
  contains: "schema",
  not: "schema",
  if: "schema",
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword, read only as data
  then: "schema",
  else: "schema",
  propertyNames: "schema",
  additionalProperties: "schema",
  additionalItems: "schema",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "number",
  minLength: "number",
  maxLength: "number",
  minItems: "number",
  maxItems: "number",
  minProperties: "number",
  maxProperties: "number",
  uniqueItems: "boolean",
  title: "string",
  description: "string",
  pattern: "string",
  format: "string",
  $ref: "string",
};

/** Keywords that say nothing to a model and cost prompt tokens. */
const dropped = new Set(["$schema", "$id", "$comment", "$anchor", "id"]);
const typeNames = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
const maxDepth = 64;

/**
 * Makes a tool's input schema acceptable to Azure's validator without changing what it allows, where that is possible:
 * objects get `properties`, arrays `items`, nulls and values of the wrong kind go, tuples become a choice, references
 * that lead nowhere allow anything. Pure. Source of the rules: the 400s users reported up to 2026-11 (`invalid_function_parameters`).
 */
export function repairSchema(input: unknown): RepairedSchema {
  const changes: string[] = [];
  if (!isJsonObject(input)) {
    return { schema: { type: "object", properties: {} }, changes: ["the schema was no object; it now takes no arguments"] };
  }
  const root = input as JsonObject;
  const repair = new SchemaRepair(root, changes);
  const schema = toPlainObjectSchema(repair.schema(root, "", 0), changes);
  return { schema, changes };
}

/** Azure wants `type: "object"` and no combinator at the top; the branches' properties are offered together, none of them required. */
function toPlainObjectSchema(schema: JsonObject, changes: string[]): JsonObject {
  const { anyOf, oneOf, allOf, enum: values, not, type, properties, ...rest } = schema;
  const own = properties !== undefined && isJsonObject(properties) ? properties : {};
  const branches = [anyOf, oneOf, allOf].flatMap((branch) => (Array.isArray(branch) ? (branch as readonly Json[]) : []));
  if (branches.length > 0 || values !== undefined || not !== undefined) {
    changes.push("anyOf, oneOf, allOf, enum and not are not allowed at the top: their properties are offered together");
  }
  if (type !== "object") changes.push('"type" is now "object" at the top');
  if (properties === undefined && branches.length === 0 && type === "object") changes.push('"properties" was missing at the top');
  // Not by assignment, which would take a property named __proto__ for the prototype.
  const merged = Object.fromEntries(
    branches.flatMap((branch) =>
      isJsonObject(branch) && isJsonObject(branch.properties) ? Object.entries(branch.properties) : [],
    ),
  );
  const required = Array.isArray(allOf) ? requiredOfAll(allOf, rest.required) : rest.required;
  return { type: "object", properties: { ...merged, ...own }, ...rest, ...(required === undefined ? {} : { required }) };
}

function requiredOfAll(branches: readonly Json[], own: Json | undefined): Json | undefined {
  const names = [own, ...branches.map((branch) => (isJsonObject(branch) ? branch.required : undefined))];
  const all = [...new Set(names.flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : [])))];
  return all.length === 0 ? undefined : all;
}

class SchemaRepair {
  readonly #root: JsonObject;
  readonly #changes: string[];

  constructor(root: JsonObject, changes: string[]) {
    this.#root = root;
    this.#changes = changes;
  }

  schema(schema: JsonObject, path: string, depth: number): JsonObject {
    if (depth > maxDepth) return {};
    const result: Record<string, Json> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === "__proto__") continue;
      const kept = dropped.has(keyword) && typeof value === "string" ? undefined : this.#keyword(keyword, value, path, depth);
      if (kept !== undefined) result[keyword] = kept;
    }
    this.#numericBounds(schema, result, path);
    this.#tuples(schema, result, path, depth);
    this.#missingParts(result, path);
    return this.#resolvable(result, path);
  }

  #keyword(keyword: string, value: Json, path: string, depth: number): Json | undefined {
    const kind = Object.hasOwn(kinds, keyword) ? kinds[keyword]! : "any";
    const at = `${path}/${keyword}`;
    const valid = this.#valid(kind, value, at, depth);
    if (valid === undefined && !(keyword === "items" && Array.isArray(value)) && !/^exclusiveM/.test(keyword)) {
      this.#changes.push(`${at} was left out: ${value === null ? "it is null" : `a value of another kind was expected`}`);
    }
    return valid;
  }

  #valid(kind: Kind, value: Json, at: string, depth: number): Json | undefined {
    switch (kind) {
      case "any":
        return value === null && !/\/(default|const)$/.test(at) ? undefined : value;
      case "number":
      case "boolean":
      case "string":
        return typeof value === kind ? value : undefined;
      case "type":
        return validType(value);
      case "array":
        return Array.isArray(value) && (value.length > 0 || at.endsWith("/required")) ? value : undefined;
      case "schema":
        return typeof value === "boolean" ? value : isJsonObject(value) ? this.schema(value, at, depth + 1) : undefined;
      case "schemas":
        return this.#schemas(value, at, depth);
      case "object":
        return this.#members(value, at, depth);
    }
  }

  #schemas(value: Json, at: string, depth: number): Json | undefined {
    if (!Array.isArray(value)) return undefined;
    const kept = (value as readonly Json[]).filter((entry): entry is JsonObject => isJsonObject(entry));
    return kept.length === 0 ? undefined : kept.map((entry, i) => this.schema(entry, `${at}/${i}`, depth + 1));
  }

  #members(value: Json, at: string, depth: number): Json | undefined {
    if (!isJsonObject(value)) return undefined;
    const members: Record<string, Json> = {};
    for (const [name, member] of Object.entries(value)) {
      // A property named __proto__ must stay a property.
      const repaired = isJsonObject(member)
        ? this.schema(member, `${at}/${name}`, depth + 1)
        : typeof member === "boolean"
          ? member
          : {};
      if (!isJsonObject(member) && typeof member !== "boolean")
        this.#changes.push(`${at}/${name} was no schema; it now allows anything`);
      Object.defineProperty(members, name, { value: repaired, enumerable: true, configurable: true, writable: true });
    }
    return members;
  }

  /** Draft 4 wrote `minimum: 1, exclusiveMinimum: true`. */
  #numericBounds(schema: JsonObject, result: Record<string, Json>, path: string): void {
    for (const [exclusive, bound] of [
      ["exclusiveMinimum", "minimum"],
      ["exclusiveMaximum", "maximum"],
    ] as const) {
      if (typeof schema[exclusive] !== "boolean") continue;
      this.#changes.push(`${path}/${exclusive} was written in the style of draft 4`);
      if (schema[exclusive] === true && typeof result[bound] === "number") {
        result[exclusive] = result[bound];
        delete result[bound];
      }
    }
  }

  /** `items: [a, b]` (a tuple before draft 2020) is refused; the entries become a choice. */
  #tuples(schema: JsonObject, result: Record<string, Json>, path: string, depth: number): void {
    const tuple = Array.isArray(schema.items) ? (schema.items as readonly Json[]) : undefined;
    if (tuple === undefined) return;
    const entries = tuple.filter((entry): entry is JsonObject => isJsonObject(entry));
    result.items =
      entries.length === 0 ? {} : { anyOf: entries.map((entry, i) => this.schema(entry, `${path}/items/${i}`, depth + 1)) };
    delete result.additionalItems;
    this.#changes.push(`${path}/items was a list; its entries are now a choice`);
  }

  #missingParts(result: Record<string, Json>, path: string): void {
    if (includesType(result.type, "array") && result.items === undefined) {
      result.items = {};
      this.#changes.push(`${path}/items was missing`);
    }
    if (path !== "" && includesType(result.type, "object") && result.properties === undefined) {
      result.properties = {};
      this.#changes.push(`${path}/properties was missing`);
    }
  }

  #resolvable(result: Record<string, Json>, path: string): JsonObject {
    const reference = result.$ref;
    if (typeof reference !== "string" || this.#resolves(reference)) return result;
    this.#changes.push(`${path}/$ref leads nowhere (${reference.slice(0, 80)}); it now allows anything`);
    const { $ref: _lost, ...rest } = result;
    return rest;
  }

  #resolves(reference: string): boolean {
    if (reference === "#") return true;
    if (!reference.startsWith("#/")) return false;
    let target: Json | undefined = this.#root;
    for (const part of reference.slice(2).split("/")) {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      target =
        target !== undefined && isJsonObject(target) && Object.hasOwn(target, key)
          ? target[key]
          : Array.isArray(target)
            ? target[Number(key)]
            : undefined;
    }
    return target !== undefined && isJsonObject(target);
  }
}

function validType(value: Json): Json | undefined {
  if (typeof value === "string") return typeNames.has(value) ? value : undefined;
  if (!Array.isArray(value)) return undefined;
  const known = (value as readonly Json[]).filter((name) => typeof name === "string" && typeNames.has(name));
  return known.length === 0 ? undefined : known;
}

function includesType(type: Json | undefined, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name));
}

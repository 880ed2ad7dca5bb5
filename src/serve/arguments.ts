import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";

/** Says what is wrong with the arguments of a call, in one sentence for the model to read; undefined where they fit. */
export type ArgumentCheck = (args: JsonObject) => string | undefined;

type Check = (value: Json, at: string, problems: string[]) => void;

const maxProblems = 5;
const maxSchemaDepth = 32;

/**
 * Compiles the part of JSON Schema 2020-12 that tool inputs use: types, required, enum, const, bounds, items, combinations and local `$ref`.
 * Properties the schema does not name are let through, whatever `additionalProperties` says: models add some, and a call is
 * worth more than their absence. Patterns and formats are left to the tool: a regular expression from a schema could stall the server.
 */
export function compileArguments(schema: JsonObject): ArgumentCheck {
  const check = compile(schema, schema, 0);
  return (args) => {
    const problems: string[] = [];
    check(args, "", problems);
    return problems.length === 0 ? undefined : problems.slice(0, maxProblems).join("; ");
  };
}

function compile(schema: Json | undefined, root: JsonObject, depth: number): Check {
  if (schema === false) return (_value, at, problems) => problems.push(`${at || "the value"} is not allowed`);
  if (!isJsonObject(schema) || depth > maxSchemaDepth) return () => {};
  const checks: Check[] = [];
  const target = typeof schema.$ref === "string" ? resolveReference(schema.$ref, root) : undefined;
  if (target !== undefined) checks.push(lazily(() => compile(target, root, depth + 1)));
  const types = typesOf(schema.type);
  if (types !== undefined) checks.push(typeCheck(types));
  if (Array.isArray(schema.enum)) checks.push(enumCheck(schema.enum));
  if (schema.const !== undefined) checks.push(enumCheck([schema.const]));
  checks.push(...boundChecks(schema), ...objectChecks(schema, root, depth), ...arrayChecks(schema, root, depth));
  checks.push(...combinationChecks(schema, root, depth));
  if (checks.length === 1) return checks[0]!;
  return (value, at, problems) => {
    const before = problems.length;
    for (const check of checks) {
      check(value, at, problems);
      // What follows would only repeat that the type is wrong.
      if (problems.length > before) return;
    }
  };
}

/** Only pointers inside the schema; nothing is ever fetched. */
function resolveReference(reference: string, root: JsonObject): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  let node: Json | undefined = root;
  for (const part of reference.slice(1).split("/").filter(Boolean)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    node = isJsonObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }
  return node;
}

/** Recursive schemas compile on first use, or compiling them would never end. */
function lazily(make: () => Check): Check {
  let made: Check | undefined;
  return (value, at, problems) => {
    made ??= make();
    made(value, at, problems);
  };
}

function typesOf(type: Json | undefined): readonly string[] | undefined {
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((entry) => typeof entry === "string") : undefined;
}

function hasType(value: Json, type: string): boolean {
  switch (type) {
    case "object":
      return isJsonObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

const withArticle = (type: string): string => (type === "null" ? "null" : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

function typeCheck(types: readonly string[]): Check {
  const wanted = types.map(withArticle).join(" or ");
  return (value, at, problems) => {
    for (const type of types) if (hasType(value, type)) return;
    problems.push(`${at || "the arguments"} must be ${wanted}, not ${shown(value)}`);
  };
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function enumCheck(allowed: readonly Json[]): Check {
  const texts = new Set(allowed.map((entry) => JSON.stringify(entry)));
  const listed = [...texts].slice(0, 20).join(", ");
  return (value, at, problems) => {
    if (!texts.has(JSON.stringify(value))) problems.push(`${at || "the value"} must be one of ${listed}, not ${shown(value)}`);
  };
}

/** Keyword, what it measures, whether the measure is acceptable, and how to say so. */
const bounds: readonly (readonly [string, (value: Json) => number | undefined, (m: number, b: number) => boolean, string])[] = [
  ["minimum", numberOf, (m, b) => m >= b, "at least # "],
  ["maximum", numberOf, (m, b) => m <= b, "at most # "],
  ["exclusiveMinimum", numberOf, (m, b) => m > b, "more than # "],
  ["exclusiveMaximum", numberOf, (m, b) => m < b, "less than # "],
  ["minLength", lengthOf, (m, b) => m >= b, "at least # characters long"],
  ["maxLength", lengthOf, (m, b) => m <= b, "at most # characters long"],
  ["minItems", countOf, (m, b) => m >= b, "a list of at least # entries"],
  ["maxItems", countOf, (m, b) => m <= b, "a list of at most # entries"],
];

function numberOf(value: Json): number | undefined {
  return typeof value === "number" ? value : undefined;
}
function lengthOf(value: Json): number | undefined {
  return typeof value === "string" ? value.length : undefined;
}
function countOf(value: Json): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function boundChecks(schema: JsonObject): Check[] {
  return bounds.flatMap(([keyword, measure, fits, wording]) => {
    const bound = schema[keyword];
    if (typeof bound !== "number") return [];
    const wanted = wording.replace("#", String(bound)).trim();
    return (value: Json, at: string, problems: string[]) => {
      const measured = measure(value);
      if (measured !== undefined && !fits(measured, bound)) problems.push(`${at || "the value"} must be ${wanted}`);
    };
  });
}

function objectChecks(schema: JsonObject, root: JsonObject, depth: number): Check[] {
  const checks: Check[] = [];
  const required = Array.isArray(schema.required) ? schema.required.filter((key) => typeof key === "string") : [];
  if (required.length > 0) {
    checks.push((value, at, problems) => {
      if (!isJsonObject(value)) return;
      for (const key of required) if (!Object.hasOwn(value, key)) problems.push(`${pathTo(at, key)} is required`);
    });
  }
  if (isJsonObject(schema.properties)) {
    const named = Object.entries(schema.properties).map(([key, child]) => [key, compile(child, root, depth + 1)] as const);
    checks.push((value, at, problems) => {
      if (!isJsonObject(value)) return;
      for (const [key, check] of named) if (Object.hasOwn(value, key)) check(value[key]!, pathTo(at, key), problems);
    });
  }
  return checks;
}

const pathTo = (at: string, key: string): string => (at === "" ? key : `${at}.${key}`);

function arrayChecks(schema: JsonObject, root: JsonObject, depth: number): Check[] {
  if (schema.items === undefined) return [];
  const check = compile(schema.items, root, depth + 1);
  return [
    (value, at, problems) => {
      if (!Array.isArray(value)) return;
      for (let index = 0; index < value.length && problems.length < maxProblems; index++) {
        check(value[index]!, `${at}[${index}]`, problems);
      }
    },
  ];
}

function combinationChecks(schema: JsonObject, root: JsonObject, depth: number): Check[] {
  const branches = (keyword: string): Check[] =>
    Array.isArray(schema[keyword]) ? schema[keyword].map((branch) => compile(branch, root, depth + 1)) : [];
  const checks: Check[] = branches("allOf");
  for (const keyword of ["anyOf", "oneOf"]) {
    const options = branches(keyword);
    if (options.length === 0) continue;
    checks.push((value, at, problems) => {
      const fitting = options.filter((option) => {
        const found: string[] = [];
        option(value, at, found);
        return found.length === 0;
      }).length;
      if (fitting === 0) problems.push(`${at || "the arguments"} fits none of the allowed forms`);
      else if (keyword === "oneOf" && fitting > 1)
        problems.push(`${at || "the arguments"} fits more than one of the allowed forms`);
    });
  }
  return checks;
}

import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";

/** Says what is wrong with the arguments of a call, in one sentence for the model to read; undefined where they fit. */
export type ArgumentCheck = (args: JsonObject) => string | undefined;

/** One check of one set of arguments: what was found so far, and how much more work it may do. */
interface Run {
  readonly problems: string[];
  stepsLeft: number;
  depth: number;
}

type Check = (value: Json, at: string, run: Run) => void;

const maxProblems = 5;
/** A schema can refer to itself in ways that multiply. Beyond these, arguments count as fitting: the tool itself is the judge. */
const maxSteps = 20_000;
const maxDepth = 64;

/**
 * Compiles the part of JSON Schema 2020-12 that tool inputs use: types, required, enum, const, bounds, items, combinations and local `$ref`.
 * Properties the schema does not name are let through, whatever `additionalProperties` says: models add some, and a call is
 * worth more than their absence. Patterns and formats are left to the tool: a regular expression from a schema could stall the server.
 */
export function compileArguments(schema: JsonObject): ArgumentCheck {
  const check = compiler(schema)(schema);
  return (args) => {
    const run: Run = { problems: [], stepsLeft: maxSteps, depth: 0 };
    check(args, "", run);
    return run.problems.length === 0 ? undefined : run.problems.slice(0, maxProblems).join("; ");
  };
}

type Compile = (schema: Json | undefined) => Check;

/** Compiles each part of a schema once, when it is first needed: parts may refer to each other in circles. */
function compiler(root: JsonObject): Compile {
  const compiled = new Map<JsonObject, Check>();
  const compile: Compile = (schema) => {
    if (schema === false) return (_value, at, { problems }) => problems.push(`${at || "the value"} is not allowed`);
    if (!isJsonObject(schema)) return () => {};
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    let parts: Parts | undefined;
    const check: Check = (value, at, run) => {
      if (run.stepsLeft-- <= 0 || run.depth >= maxDepth) return;
      parts ??= partsOf(schema, root, compile);
      const before = run.problems.length;
      run.depth++;
      parts.type?.(value, at, run);
      // Of a wrong type, the rest would only say the same again.
      if (run.problems.length === before) for (const part of parts.rest) part(value, at, run);
      run.depth--;
    };
    compiled.set(schema, check);
    return check;
  };
  return compile;
}

interface Parts {
  readonly type: Check | undefined;
  readonly rest: readonly Check[];
}

function partsOf(schema: JsonObject, root: JsonObject, compile: Compile): Parts {
  const { $ref: reference, enum: allowed, const: only } = schema;
  const types = typesOf(schema.type);
  const rest = [
    ...(typeof reference === "string" ? [compile(resolveReference(reference, root))] : []),
    ...(Array.isArray(allowed) ? [enumCheck(allowed)] : []),
    ...(only === undefined ? [] : [enumCheck([only])]),
    ...boundChecks(schema),
    ...objectChecks(schema, compile),
    ...arrayChecks(schema, compile),
    ...combinationChecks(schema, compile),
  ];
  return { type: types === undefined ? undefined : typeCheck(types), rest };
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
  return (value, at, { problems }) => {
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
  return (value, at, { problems }) => {
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
    return (value: Json, at: string, { problems }: Run) => {
      const measured = measure(value);
      if (measured !== undefined && !fits(measured, bound)) problems.push(`${at || "the value"} must be ${wanted}`);
    };
  });
}

function objectChecks(schema: JsonObject, compile: Compile): Check[] {
  const checks: Check[] = [];
  const required = Array.isArray(schema.required) ? schema.required.filter((key) => typeof key === "string") : [];
  if (required.length > 0) {
    checks.push((value, at, { problems }) => {
      if (!isJsonObject(value)) return;
      for (const key of required) if (!Object.hasOwn(value, key)) problems.push(`${pathTo(at, key)} is required`);
    });
  }
  if (isJsonObject(schema.properties)) {
    const named = Object.entries(schema.properties).map(([key, child]) => [key, compile(child)] as const);
    checks.push((value, at, run) => {
      if (!isJsonObject(value)) return;
      for (const [key, check] of named) if (Object.hasOwn(value, key)) check(value[key]!, pathTo(at, key), run);
    });
  }
  return checks;
}

const pathTo = (at: string, key: string): string => (at === "" ? key : `${at}.${key}`);

function arrayChecks(schema: JsonObject, compile: Compile): Check[] {
  if (schema.items === undefined) return [];
  const check = compile(schema.items);
  return [
    (value, at, run) => {
      if (!Array.isArray(value)) return;
      for (let index = 0; index < value.length && run.problems.length < maxProblems; index++) {
        check(value[index]!, `${at}[${index}]`, run);
      }
    },
  ];
}

function combinationChecks(schema: JsonObject, compile: Compile): Check[] {
  const branches = (keyword: string): Check[] => {
    const options = schema[keyword];
    return Array.isArray(options) ? options.map((branch) => compile(branch)) : [];
  };
  const checks: Check[] = branches("allOf");
  for (const keyword of ["anyOf", "oneOf"]) {
    const options = branches(keyword);
    if (options.length > 0) checks.push((value, at, run) => checkOptions(options, keyword, { value, at, run }));
  }
  return checks;
}

function checkOptions(
  options: readonly Check[],
  keyword: string,
  { value, at, run }: { readonly value: Json; readonly at: string; readonly run: Run },
): void {
  let fitting = 0;
  for (const option of options) {
    const before = run.problems.length;
    option(value, at, run);
    if (run.problems.length === before) fitting++;
    run.problems.length = before;
  }
  if (fitting === 0) run.problems.push(`${at || "the arguments"} fits none of the allowed forms`);
  else if (keyword === "oneOf" && fitting > 1)
    run.problems.push(`${at || "the arguments"} fits more than one of the allowed forms`);
}

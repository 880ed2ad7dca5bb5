import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { compileArguments } from "../../src/serve/arguments.ts";

const search: JsonObject = {
  type: "object",
  properties: {
    query: { type: "string", minLength: 1, maxLength: 100 },
    limit: { type: "integer", minimum: 1, maximum: 50 },
    queries: { type: "array", items: { type: "string" }, maxItems: 3 },
    topic: { enum: ["leave", "pay"] },
    as_of: { type: ["string", "null"] },
    where: { type: "object", properties: { page: { type: "number", exclusiveMinimum: 0 } }, required: ["page"] },
  },
  required: ["query"],
  additionalProperties: false,
};

test.each<[JsonObject]>([
  [{ query: "x" }],
  [{ query: "x", limit: 50, queries: ["a", "b"], topic: "pay", as_of: null, where: { page: 1.5 } }],
  [{ query: "x", confidence: 0.9, reason: "models add such things" }],
])("the arguments %j fit", (args) => {
  expect(compileArguments(search)(args)).toBeUndefined();
});

test.each<[JsonObject, string]>([
  [{}, "query is required"],
  [{ query: 5 }, "query must be a string, not 5"],
  [{ query: "" }, "query must be at least 1 characters long"],
  [{ query: "x", limit: 1.5 }, "limit must be an integer, not 1.5"],
  [{ query: "x", limit: 51 }, "limit must be at most 50"],
  [{ query: "x", queries: ["a", 2] }, "queries[1] must be a string, not 2"],
  [{ query: "x", queries: ["a", "b", "c", "d"] }, "queries must be a list of at most 3 entries"],
  [{ query: "x", topic: "food" }, 'topic must be one of "leave", "pay", not "food"'],
  [{ query: "x", as_of: 2026 }, "as_of must be a string or null, not 2026"],
  [{ query: "x", where: { page: 0 } }, "where.page must be more than 0"],
  [{ query: "x", where: {} }, "where.page is required"],
])("the arguments %j do not: %s", (args, problem) => {
  expect(compileArguments(search)(args)).toBe(problem);
});

test("several problems are told at once", () => {
  expect(compileArguments(search)({ limit: 0, as_of: 1 })).toBe(
    "query is required; limit must be at least 1; as_of must be a string or null, not 1",
  );
});

test("a long value is not repeated whole", () => {
  expect(compileArguments(search)({ query: "x", limit: "9".repeat(5_000) })?.length).toBeLessThan(150);
});

const oneOf: JsonObject = { oneOf: [{ required: ["a"] }, { required: ["b"] }] };
test.each<[JsonObject, JsonObject, boolean]>([
  [oneOf, { a: 1 }, true],
  [oneOf, { a: 1, b: 1 }, false],
  [oneOf, {}, false],
  [{ anyOf: [{ required: ["a"] }, { required: ["b"] }] }, { a: 1, b: 1 }, true],
  [{ allOf: [{ required: ["a"] }, { required: ["b"] }] }, { a: 1 }, false],
  [{ properties: { a: { const: 7 } } }, { a: 7 }, true],
  [{ properties: { a: { const: 7 } } }, { a: 8 }, false],
  [{ properties: { a: false } }, { a: 8 }, false],
  [{ properties: { a: { $ref: "#/$defs/b~1c" } }, $defs: { "b/c": { type: "string" } } }, { a: 8 }, false],
  [{ properties: { a: { $ref: "#/$defs/nowhere" } } }, { a: 8 }, true],
  [{ properties: { a: { $ref: "https://evil.example/schema" } } }, { a: 8 }, true],
  [{ properties: { a: { $ref: "#" }, b: { type: "string" } } }, { a: { a: { b: 8 } } }, false],
])("by the schema %j the arguments %j fit: %s", (schema, args, fits) => {
  expect(compileArguments(schema)(args) === undefined).toBe(fits);
});

test("a schema that multiplies by referring to itself stalls nothing", () => {
  const self: JsonObject = {
    $ref: "#",
    anyOf: [{ $ref: "#" }, { $ref: "#" }],
    properties: { a: { allOf: [{ $ref: "#" }, { $ref: "#" }] } },
  };
  let args: JsonObject = {};
  for (let depth = 0; depth < 60; depth++) args = { a: args };
  const started = performance.now();
  compileArguments(self)(args);
  expect(performance.now() - started).toBeLessThan(500);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { explainTools } from "../../src/azure/index.ts";
import { PreparedTools } from "../../src/azure/prepare-tools.ts";
import { ToolNames, toWireName } from "../../src/azure/tools/names.ts";
import { repairSchema } from "../../src/azure/tools/schema-repair.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { isJsonObject } from "../../src/core/json.ts";
import type { ModelRequest } from "../../src/core/model.ts";
import type { Tool } from "../../src/core/tools.ts";
import { tool } from "./support.ts";

test("any set of names gets legal, distinct names on the wire that lead back", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("a b", "a_b", "a.b", "x".repeat(70), `${"x".repeat(70)}y`, ""),
  );
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 40 }), (names) => {
      const unique = [...new Set(names)];
      const map = new ToolNames(unique);
      const wires = unique.map((name) => map.wire(name));
      expect(new Set(wires).size).toBe(unique.length);
      for (const [i, wire] of wires.entries()) {
        expect(wire).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(map.original(wire)).toBe(unique[i]);
      }
    }),
  );
});

test("legal names stay as they are, also beside a name that is cleaned to the same", () => {
  const taken = toWireName("a b");
  const map = new ToolNames(["a b", taken]);
  expect(map.wire(taken)).toBe(taken);
  expect(map.wire("a b")).not.toBe(taken);
  expect([map.original(taken), map.original(map.wire("a b"))]).toEqual([taken, "a b"]);
});

/** What Azure's validator refuses, as users met it; `undefined` for a schema it takes. */
function refusal(schema: Json, at = ""): string | undefined {
  if (typeof schema === "boolean") return at === "" ? "top is no object" : undefined;
  if (!isJsonObject(schema)) return `${at} is not of type 'object'`;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (at === "" && schema.type !== "object") return "top type";
  if (at === "" && ["anyOf", "oneOf", "allOf", "enum", "not"].some((key) => key in schema)) return "combinator at the top";
  if (types.includes("object") && !isJsonObject(schema.properties)) return `${at} object schema missing properties`;
  if (types.includes("array") && schema.items === undefined) return `${at} array schema missing items`;
  for (const [key, value] of Object.entries(schema)) {
    if (value === null && key !== "default" && key !== "const") return `${at}/${key} is null`;
    if (["properties", "$defs"].includes(key)) {
      if (!isJsonObject(value)) return `${at}/${key} is not an object`;
      for (const [name, member] of Object.entries(value)) {
        const inner = refusal(member, `${at}/${key}/${name}`);
        if (inner !== undefined) return inner;
      }
    }
    if (key === "items") {
      const inner = refusal(value, `${at}/items`);
      if (inner !== undefined) return inner;
    }
    if (["anyOf", "oneOf", "allOf"].includes(key)) {
      for (const entry of value as readonly Json[]) {
        const inner = refusal(entry, `${at}/${key}`);
        if (inner !== undefined) return inner;
      }
    }
    if (["required", "enum"].includes(key) && !Array.isArray(value)) return `${at}/${key} is no list`;
    if (/^(exclusive)?(minimum|maximum)$/i.test(key) && typeof value !== "number") return `${at}/${key} is no number`;
  }
  return undefined;
}

const bad: Readonly<Record<string, unknown>> = {
  "no schema": undefined,
  null: null,
  "a list": [],
  "no properties": { type: "object" },
  "null properties": { type: "object", properties: null },
  "an empty list as properties": { type: "object", properties: [] },
  "an array without items": { type: "object", properties: { tags: { type: "array" } } },
  "a nullable array without items": { type: "object", properties: { tags: { type: ["array", "null"] } } },
  "a tuple": { type: "object", properties: { pair: { type: "array", items: [{ type: "string" }, { type: "number" }] } } },
  "null keywords": {
    type: "object",
    properties: { a: { type: "string", description: null, enum: null, items: null } },
    required: null,
  },
  "a null parameter": { type: "object", properties: { a: null } },
  "a nested object without properties": { type: "object", properties: { a: { type: "object" } } },
  "bounds of draft 4": { type: "object", properties: { a: { type: "number", minimum: 1, exclusiveMinimum: true } } },
  "a choice at the top": {
    anyOf: [
      { type: "object", properties: { a: {} } },
      { type: "object", properties: { b: {} } },
    ],
  },
  "a list of types at the top": { type: ["object", "null"], properties: { a: { type: "string" } } },
  "an unknown type": { type: "object", properties: { a: { type: "any" } } },
};

test.each(Object.entries(bad))("%s is repaired, and what was changed is said", (_, schema) => {
  const { schema: repaired, changes } = repairSchema(schema);
  expect(refusal(repaired)).toBeUndefined();
  expect(changes.length).toBeGreaterThan(0);
  expect(repairSchema(repaired).schema).toEqual(repaired);
});

test("repairs keep what the schema allows", () => {
  const choice = {
    anyOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { properties: { b: { type: "number" } } }],
  };
  expect(repairSchema(choice).schema).toEqual({ type: "object", properties: { a: { type: "string" }, b: { type: "number" } } });
  const draft4 = { type: "object", properties: { n: { type: "number", minimum: 1, exclusiveMinimum: true } } };
  expect(repairSchema(draft4).schema.properties).toEqual({ n: { type: "number", exclusiveMinimum: 1 } });
  const dangling = {
    type: "object",
    properties: { a: { $ref: "https://elsewhere/x" }, b: { $ref: "#/$defs/B" } },
    $defs: { B: { type: "string" } },
  };
  expect(repairSchema(dangling).schema.properties).toEqual({ a: {}, b: { $ref: "#/$defs/B" } });
});

test("a schema that is fine goes as it is, without $schema, which is no news to a model", () => {
  const schema: JsonObject = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: {
      q: { type: "string", description: "What", default: null },
      n: { type: "array", items: { type: "integer" } },
      id: { type: "string" },
    },
    required: ["q"],
    additionalProperties: false,
  };
  const { $schema: _, ...rest } = schema;
  expect(repairSchema(schema)).toEqual({ schema: rest, changes: [] });
});

test("any JSON at all becomes a schema the validator takes", () => {
  const keys = fc.constantFrom(
    "type",
    "properties",
    "items",
    "anyOf",
    "required",
    "enum",
    "$ref",
    "minimum",
    "exclusiveMinimum",
    "a",
    "__proto__",
    "$defs",
    "not",
  );
  const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<Json[]>(null, true, 3, "object", "array", [], ["array", "null"], "#/$defs/a", "x"),
      fc.array(tie("schema"), { maxLength: 3 }),
      fc.dictionary(keys, tie("schema"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(schema, (input) => {
      expect(refusal(repairSchema(input).schema)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

const cities = ["paris", "rome", "oslo"];
const many: readonly Tool[] = Array.from({ length: 500 }, (_, i) =>
  tool(
    `s__tool_${i}`,
    { type: "object", properties: {} },
    i % 100 === 99 ? `Weather report for ${cities[i % 3]}` : `Does thing number ${i}`,
  ),
);
const ask = (content: string, conversationId?: string): ModelRequest => ({
  messages: [{ role: "user", content }],
  tools: many,
  ...(conversationId === undefined ? {} : { conversationId }),
});
const offered = (json: string): string[] => (JSON.parse(`[${json}]`) as readonly { name: string }[]).map(({ name }) => name);

test("of more than 128 tools those that fit the first question are offered, and the rest is told once", () => {
  const chosen = new PreparedTools(many).choose(ask("What is the weather report saying?"));
  const names = offered(chosen.json("responses"));
  expect(names).toHaveLength(128);
  for (const i of [99, 199, 299, 399, 499]) expect(names).toContain(`s__tool_${i}`);
  const [notice, ...none] = chosen.takeNotices();
  expect(notice?.code).toBe("tools_left_out");
  expect(notice?.message).toContain("s__tool_498");
  expect([none, chosen.takeNotices()]).toEqual([[], []]);
});

test("the choice stays for the whole conversation, whatever is asked later", () => {
  const prepared = new PreparedTools(many);
  const first = prepared.choose(ask("weather", "c1"));
  expect(prepared.choose(ask("thing number 7", "c1"))).toBe(first);
  expect(prepared.choose(ask("thing number 300", "c2")).json("chat")).not.toBe(first.json("chat"));
  const messages = [{ role: "user" as const, content: "weather" }];
  expect(prepared.choose({ messages, tools: many })).toBe(
    prepared.choose({ messages: [...messages, { role: "user", content: "more" }], tools: many }),
  );
});

test("explaining tells what was changed in each tool and why", () => {
  const [fine, long] = explainTools([tool("fine"), tool("with space", { type: "object" })]);
  expect(fine?.changes).toEqual([]);
  expect(long?.changes).toEqual([expect.stringContaining("on the wire"), expect.stringContaining('"properties" was missing')]);
});

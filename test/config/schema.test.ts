import fc from "fast-check";
import { expect, test } from "vitest";
import { isConfigFile, isServerEntry } from "../../src/config/quick-check.ts";
import { configSchema, serverSchema } from "../../src/config/schema.ts";

/** A file that uses every setting. */
const whole = {
  $schema: "x",
  azure: {
    endpoint: "https://r.openai.azure.com",
    deployment: "d",
    apiVersion: "2024-10-21",
    api: "auto",
    auth: "entra",
    scope: "s",
    clientId: "c",
    baseUrl: "https://g/openai/v1",
    headers: { a: "b" },
    keyHeader: "k",
    caFile: "ca.pem",
    trustedHosts: ["g"],
    residency: "eu",
    backends: [
      { name: "b", endpoint: "https://b.openai.azure.com", deployment: "d", apiVersion: "v1", keyEnv: "B_KEY", residency: "eu" },
    ],
    pin: "b",
    allowResidencyChange: false,
  },
  sources: ["handbook", { name: "faq", path: "faq.json" }],
  mcpServers: {
    git: {
      type: "stdio",
      command: "uvx",
      args: ["g"],
      env: { A: "1", B: 2, C: true, D: null },
      envFile: ".e",
      cwd: ".",
      timeout: 5,
      other: [1],
    },
    web: { type: "http", url: "https://w", headers: { a: "b" }, includeTools: ["a"], excludeTools: ["b"], knowledge: true },
    off: { disabled: true },
  },
  mcpFiles: true,
  allow: ["*"],
  ask: ["a"],
  deny: ["b"],
  trusted: ["c"],
  instructions: "",
  answerPolicy: "open",
  limits: { maxRounds: 3, maxInputTokens: 100, maxParallelTools: 1, timeoutS: 0.5, idleTimeoutS: 9 },
  log: { level: "debug" },
};

test("the sample names every setting of the schema, and both checks accept it", () => {
  expect(Object.keys(whole)).toEqual(Object.keys(configSchema.shape));
  const azure = configSchema.shape.azure.unwrap().shape;
  expect(Object.keys(whole.azure).sort()).toEqual(Object.keys(azure).sort());
  expect(Object.keys(whole.limits)).toEqual(Object.keys(configSchema.shape.limits.unwrap().shape));
  expect(configSchema.parse(whole)).toEqual(whole);
  expect(isConfigFile(whole)).toBe(true);
});

/** Every place in a value, as a path. */
const placesIn = (value: unknown, path: readonly string[] = []): string[][] =>
  typeof value === "object" && value !== null
    ? [[...path], ...Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]))]
    : [[...path]];

function withValueAt(value: unknown, [head, ...rest]: readonly string[], put: unknown): unknown {
  if (head === undefined) return put;
  if (Array.isArray(value))
    return head === "extra"
      ? [...value, put]
      : value.map((item, at) => (String(at) === head ? withValueAt(item, rest, put) : item));
  const copy: Record<string, unknown> = { ...(value as object) };
  copy[head] = withValueAt(copy[head], rest, put);
  return copy;
}

const odd = fc.oneof(
  fc.constantFrom(
    null,
    "",
    "x",
    0,
    -1,
    1.5,
    101,
    true,
    [],
    [""],
    {},
    { path: 1 },
    { name: "no path" },
    { disabled: false },
    { command: "a", url: "b" },
    1e300,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

test("what the quick check accepts, the schema accepts, wherever a file is changed", () => {
  const changed = fc
    .tuple(fc.constantFrom(...placesIn(whole)), fc.boolean(), odd)
    .map(([path, add, put]) => withValueAt(whole, add ? [...path, "extra"] : path, put));
  const holds = fc.property(changed, (file) => {
    if (isConfigFile(file)) expect(configSchema.safeParse(file).data).toEqual(file);
  });
  fc.assert(holds, { numRuns: 1500 });
});

test("what the quick check accepts of a server, the schema accepts", () => {
  const holds = fc.property(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(...Object.keys(whole.mcpServers.git), "url", "disabled"),
    (value, key) => {
      const entry = { command: "c", [key]: value };
      if (isServerEntry(entry)) expect(serverSchema.safeParse(entry).data).toEqual(entry);
    },
  );
  fc.assert(holds, { numRuns: 500 });
});

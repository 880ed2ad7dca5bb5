import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

const span = (name: string, spanId: string, parentSpanId: string, start: number, attributes: object[] = []) => ({
  name,
  spanId,
  parentSpanId,
  startTimeUnixNano: String(start * 1e6),
  endTimeUnixNano: String((start + 5) * 1e6),
  attributes,
});

test("the example collector prints the spans it receives as a tree", async () => {
  const child = spawn(process.execPath, ["examples/telemetry/collector.ts", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  try {
    const [ready] = (await once(createInterface({ input: child.stderr }), "line")) as [string];
    const url = /http:\S+/.exec(ready)![0];
    const outcome = { key: "lectern.outcome", value: { stringValue: "answered" } };
    const spans = [span("chat default", "b", "a", 2), span("invoke_agent lectern", "a", "", 1, [outcome])];
    await fetch(`${url}/v1/traces`, { method: "POST", body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }) });
    const printed = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await printed.next()).value).toBe("invoke_agent lectern 5 ms  lectern.outcome=answered");
    expect((await printed.next()).value).toBe("  chat default 5 ms");
  } finally {
    child.kill();
  }
});

test("the guide names every metric and every attribute of Lectern's own", () => {
  const guide = readFileSync("docs/guide/telemetry.md", "utf8");
  const code = ["metrics", "span-maker", "spans", "watched-model"]
    .map((name) => readFileSync(`src/telemetry/${name}.ts`, "utf8"))
    .join("\n");
  const names = [...code.matchAll(/"(lectern\.[\w.]+|gen_ai\.(?:client|invoke_agent|execute_tool)\.[\w.]+)"/g)].map(
    (match) => match[1]!,
  );
  expect([...new Set(names)].filter((name) => !guide.includes(name))).toEqual([]);
});

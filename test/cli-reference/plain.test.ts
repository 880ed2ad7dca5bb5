import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { PlainRenderer } from "../../src/cli/render/plain.ts";
import { SafeOutput } from "../../src/cli/render/safe-output.ts";
import { styleFor } from "../../src/cli/render/style.ts";
import type { Citation } from "../../src/core/events.ts";
import type { ModelDescription } from "../../src/core/model.ts";

const model: ModelDescription = { deployment: "d", api: "chat", served: null, region: null, emulated: true, requests: 1 };
const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const citation: Citation = {
  marker: "[1]",
  server: "knowledge",
  uri: "kb://handbook/leave.md#long",
  path: "leave.md",
  title: "Leave",
  heading: "Leave > How long it may be and who decides",
  quote: "Every employee who becomes a parent may take 20 weeks at full pay, followed by up to 12 weeks at half pay.",
  line: 18,
  remark: "in force from 2026-01-01",
  verified: true,
};

/** What is shown of one cited answer, on a terminal of so many columns or in a pipe. */
function shown(columns: number | undefined, env: Readonly<Record<string, string>>): string {
  const safe = new SafeOutput();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()].map((stream) =>
    columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }),
  );
  const io = {
    ...{ stdin: new PassThrough(), stdout: safe.stream(stdout!), stderr: stderr!, terminal: stderr!, sgr: safe.sgr },
    ...{ env, cwd: "/", signal: new AbortController().signal },
  };
  const live = columns !== undefined;
  const renderer = new PlainRenderer(io, { style: styleFor(io, { noColor: false }), quiet: false, live });
  renderer.render({ type: "text", delta: "20 weeks. [1]" }, () => model);
  renderer.render(
    { type: "done", outcome: "answered", answer: "20 weeks. [1]", citations: [citation], flags: [], usage },
    () => model,
  );
  return String(stdout!.read());
}

test("a source is one line in a pipe, whatever its length", () => {
  expect(shown(undefined, {}).split("\n").slice(1)).toEqual([expect.stringMatching(/^ {2}\[1\] leave\.md:18 .*2026-01-01$/), ""]);
});

test.each([40, 60, 100])("at a terminal of %i columns a source is broken between words and its lines are indented", (columns) => {
  const [first, ...more] = shown(columns, { NO_COLOR: "1" }).trimEnd().split("\n").slice(1);
  expect(first).toMatch(/^ {2}\[1\] leave\.md:18/);
  for (const line of more) expect(line).toMatch(/^ {6}\S/);
  for (const line of [first!, ...more]) expect(line.length).toBeLessThanOrEqual(columns);
  expect([first, ...more].join(" ").replace(/ +/g, " ")).toContain(citation.quote);
});

test("styles take no columns: lines break at the same words with and without them", () => {
  const styled = shown(60, {});
  expect(styled).toContain("\u001b[1m");
  expect(styled.replace(/\u001b\[\d+m/g, "")).toBe(shown(60, { NO_COLOR: "1" }));
});

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { oneLine, PlainRenderer } from "../../src/cli/render/plain.ts";
import { progressBar } from "../../src/cli/render/progress.ts";
import { SafeOutput } from "../../src/cli/render/safe-output.ts";
import { styleFor } from "../../src/cli/render/style.ts";
import type { Citation, Outcome, RunEvent } from "../../src/core/events.ts";
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
  const renderer = new PlainRenderer(io, { style: styleFor(io, { noColor: false }), quiet: false, live, canQuote: true });
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

test("a text is never cut in the middle of a character", () => {
  expect(oneLine(`${"a".repeat(158)}🎉🎉`)).toSatisfy((line: string) => line.isWellFormed() && line.endsWith("…"));
});

/** What stands on stderr of a run of one tool, at the times given in milliseconds. */
function told(events: readonly (readonly [atMs: number, event: RunEvent])[], { canQuote = true } = {}): string {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = {
    ...{ stdin: new PassThrough(), stdout, stderr, terminal: stderr, sgr: () => "" },
    ...{ env: {}, cwd: "/", signal: new AbortController().signal },
  };
  let atMs = 0;
  const renderer = new PlainRenderer(io, {
    style: styleFor(io, { noColor: true }),
    quiet: false,
    live: false,
    canQuote,
    now: () => atMs,
  });
  for (const [time, event] of events) {
    atMs = time;
    renderer.render(event, () => model);
  }
  return String(stderr.read() ?? "");
}

const call: RunEvent = { type: "tool_call", id: "c1", server: "files", tool: "copy", arguments: "{}" };
const progress = (done: number, message: string | null): RunEvent => ({
  ...{ type: "tool_progress", id: "c1" },
  ...{ message, progress: done, total: 10 },
});

test("a tool that works for long says how far it is in lines, seldom; a quick one says nothing on the way", () => {
  expect(told([[0, call], ...[1, 2, 3].map((done) => [done * 900, progress(done, "copying")] as const)])).toBe("");
  const slow = Array.from({ length: 10 }, (_, at) => [at * 1000, progress(at, at < 5 ? "copying" : null)] as const);
  expect(told([[0, call], ...slow])).toBe(
    ["… files: copy {}: copying (3 of 10)", "… files: copy {}: 6 of 10", "… files: copy {}: 9 of 10", ""].join("\n"),
  );
});

test("a failed tool is said to have failed in words, not by a sign alone", () => {
  const result: RunEvent = { type: "tool_result", id: "c1", ok: false, durationMs: 5, text: "disk on fire" };
  expect(
    told([
      [0, call],
      [5, result],
    ]),
  ).toBe("✗ files: copy {}  failed, 5 ms\n    disk on fire\n");
});

const done = (outcome: Outcome): RunEvent => ({ type: "done", outcome, answer: "So it is.", citations: [], flags: [], usage });

test.each([
  ["uncited", true, "! no quote backs this answer\n"],
  ["partial", true, "! the sources answer only a part of this\n"],
  ["uncited", false, ""],
  ["not_in_sources", true, ""],
  ["answered", true, ""],
] as const)("an answer that is %s, where there is something to quote: %s, is told to be so: %j", (outcome, canQuote, note) => {
  const [first] = told([[0, done(outcome)]], { canQuote }).split(/^(?= {2}0 tool calls)/m);
  expect(first!.startsWith("  0") ? "" : first).toBe(note);
});

test.each([
  ["where stderr is no terminal", false, undefined, ""],
  ["where the terminal cannot redraw a line", true, "dumb", ""],
  ["at a terminal", true, "xterm", "\rindexing [############            ] 1 of 2\r\u001b[K"],
])("a progress bar %s is what can be read there", (_where, isTTY, term, shown) => {
  const terminal = Object.assign(new PassThrough(), { isTTY });
  const io = {
    ...{ stdin: new PassThrough(), stdout: terminal, stderr: terminal, terminal, sgr: () => "" },
    ...{ env: term === undefined ? {} : { TERM: term }, cwd: "/", signal: new AbortController().signal },
  };
  const bar = progressBar(io, "indexing");
  bar.update({ done: 1, total: 2 });
  bar.end();
  expect(String(terminal.read() ?? "")).toBe(shown);
});

test("streamed text is broken between words at a terminal, and a note between two pieces begins a line of its own", () => {
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const io = {
    ...{ stdin: new PassThrough(), stdout: screen, stderr: screen, terminal: screen, sgr: () => "" },
    ...{ env: { NO_COLOR: "1" }, cwd: "/", signal: new AbortController().signal },
  };
  const renderer = new PlainRenderer(io, { style: styleFor(io, { noColor: true }), quiet: false, live: true, canQuote: true });
  const events: RunEvent[] = [
    ...["Every employee who beco", "mes a parent may take tw", "enty weeks"].map((delta) => ({ type: "text", delta }) as const),
    { type: "notice", code: "retry", message: "Trying again." },
    { type: "text", delta: "at full pay, followed by up to 12 weeks." },
    { ...done("answered") },
  ];
  for (const event of events) renderer.render(event, () => model);
  expect(String(screen.read()).split("\n").slice(0, -2)).toEqual([
    ...["Every employee who becomes a parent may", "take twenty weeks", "! Trying again."],
    ...["at full pay, followed by up to 12 weeks."],
  ]);
});

test("an answer that breaks off is shown to its last word, and what is said next begins a line", () => {
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const io = {
    ...{ stdin: new PassThrough(), stdout: screen, stderr: screen, terminal: screen, sgr: () => "" },
    ...{ env: { NO_COLOR: "1" }, cwd: "/", signal: new AbortController().signal },
  };
  const renderer = new PlainRenderer(io, { style: styleFor(io, { noColor: true }), quiet: true, live: true, canQuote: true });
  renderer.endLine();
  renderer.render({ type: "text", delta: "Every employee who beco" }, () => model);
  renderer.endLine();
  renderer.endLine();
  expect(String(screen.read())).toBe("Every employee who beco\n");
});

import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { readStdin } from "../../src/cli/stdin.ts";

const world = () => {
  const [stdin, stderr, screen] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const signal = new AbortController().signal;
  return { stdin, stdout: screen, stderr, terminal: screen, sgr: () => "", env: {}, cwd: "/", signal };
};

test("a silent socket counts as empty, and what comes later is told and not used", async () => {
  const io = world();
  expect(await readStdin(io, { wanted: false, patienceMs: 1 })).toBe("");
  io.stdin.write("late");
  const [notice] = (await once(io.stderr, "data")) as [Buffer];
  expect(notice.toString()).toMatch(/^! standard input came too late and was not used: .*"-"\n$/);
});

test("a socket that closes later without a word brings no notice", async () => {
  const io = world();
  expect(await readStdin(io, { wanted: false, patienceMs: 1 })).toBe("");
  io.stdin.end();
  await once(io.stdin, "end");
  expect(io.stderr.read()).toBeNull();
});

test("what begins in time is read to its end, however long that takes", async () => {
  const io = world();
  io.stdin.write("first ");
  const read = readStdin(io, { wanted: false, patienceMs: 10_000 });
  await once(io.stdin, "readable");
  io.stdin.end("second");
  expect(await read).toBe("first second");
});

test("where there is nothing else to ask, a silent socket is waited for, and after a while that is said", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const io = world();
    const read = readStdin(io, { wanted: true, patienceMs: 1 });
    vi.advanceTimersByTime(2_999);
    expect(io.stderr.read()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(String(io.stderr.read())).toMatch(/waiting for standard input to end/);
    io.stdin.end("the question");
    expect(await read).toBe("the question");
  } finally {
    vi.useRealTimers();
  }
});

test("text that is no UTF-8 is read as Windows-1252, as knowledge files are", async () => {
  const io = world();
  io.stdin.end(Buffer.from([0x43, 0x61, 0x66, 0xe9, 0x20, 0x80]));
  expect(await readStdin(io, { wanted: true })).toBe("Café €");
});

test.each([
  ["a text in UTF-8 whose last character was cut", Buffer.from("Grüße, Café").subarray(0, -1), "Grüße, Caf"],
  ["a text in Windows-1252 that ends in such a letter", Buffer.from("Café", "latin1"), "Café"],
])("%s is read as what it is", async (_what, bytes, text) => {
  const io = world();
  io.stdin.end(bytes);
  expect(await readStdin(io, { wanted: true })).toBe(text);
});

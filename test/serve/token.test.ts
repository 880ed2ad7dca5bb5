import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { type HttpServing, serveTools } from "../../src/serve/serve-tools.ts";
import { toyApp } from "../support/toy-app.ts";
import { askModern } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-token-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const serve = (tokenFile: string): Promise<HttpServing> => serveTools({ server: toyApp(), auth: { type: "token", tokenFile } });
const status = async ({ url }: HttpServing, token: string): Promise<number> =>
  (await askModern(url, "tools/list", {}, { authorization: `Bearer ${token}` })).status;

test("tokens of a file open the door, plain or by their hash, and nothing else does", async () => {
  const hashed = createHash("sha256").update("second-secret").digest("hex");
  await using serving = await serve(file("two", `# a comment\nfirst-secret name=ci groups=hr\n\nsha256:${hashed}\n`));
  expect(await status(serving, "first-secret")).toBe(200);
  expect(await status(serving, "second-secret")).toBe(200);
  for (const wrong of ["first-secre", "first-secret2", hashed, `sha256:${hashed}`, "comment"])
    expect(await status(serving, wrong)).toBe(401);
});

test("a token taken out of the file closes the door within seconds", async () => {
  const path = file("changing", "first-secret\n");
  await using serving = await serve(path);
  expect(await status(serving, "first-secret")).toBe(200);
  writeFileSync(path, "other-secret\n");
  utimesSync(path, new Date(), new Date(Date.now() + 5_000));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_000 });
  try {
    expect(await status(serving, "first-secret")).toBe(401);
    expect(await status(serving, "other-secret")).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

/** Runs `checks` as if some seconds had passed. */
async function later(seconds: number, checks: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });
  try {
    await checks();
  } finally {
    vi.useRealTimers();
  }
}

test("a bad line keeps no withdrawn token in force, and is told by number without its content", async () => {
  const path = file("spoiled", "first-secret\nsecond-secret\n");
  const problems: string[] = [];
  const onProblem = (problem: string): void => void problems.push(problem);
  await using serving = await serveTools({ server: toyApp(), auth: { type: "token", tokenFile: path, onProblem } });
  writeFileSync(path, "\ufeffsecond-secret\nabc\n");
  await later(3, async () => {
    expect(await status(serving, "first-secret")).toBe(401);
    expect(await status(serving, "second-secret")).toBe(200);
  });
  expect(problems).toEqual([expect.stringContaining("line 2")]);
  expect(problems[0]).not.toContain("abc");
});

test("the tokens of a file that is taken away soon open no door, and do again when it is back", async () => {
  const path = file("removed", "first-secret\n");
  await using serving = await serve(path);
  rmSync(path);
  await later(5, async () => expect(await status(serving, "first-secret")).toBe(200));
  await later(40, async () => expect(await status(serving, "first-secret")).toBe(401));
  writeFileSync(path, "first-secret\n");
  await later(80, async () => expect(await status(serving, "first-secret")).toBe(200));
});

test("a file that was taken away while nobody came opens no door to the first who does, nor one whose clock was set back", async () => {
  const path = file("unseen", "first-secret\n");
  await using serving = await serve(path);
  writeFileSync(path, "other-secret\n");
  await later(-3600, async () => expect(await status(serving, "first-secret")).toBe(401));
  rmSync(path);
  await later(60, async () => expect(await status(serving, "other-secret")).toBe(401));
});

test.each([
  ["an empty file", "# nothing\n"],
  ["a short token", "abc\n"],
  ["half a hash", "sha256:abcd\n"],
])("%s is refused at the start, and the message does not repeat the token", async (what, text) => {
  const failed = serve(file(what.replaceAll(" ", "-"), text));
  await expect(failed).rejects.toMatchObject({ code: "config" });
  await expect(failed).rejects.not.toThrow(/abc/);
});

test("a missing file is refused at the start", async () => {
  await expect(serve(join(folder, "absent"))).rejects.toMatchObject({ code: "config" });
});

test("with tokens, other addresses than loopback may be served", async () => {
  const auth = { type: "token", token: "first-secret" } as const;
  await using serving = await serveTools({ server: toyApp(), http: { host: "0.0.0.0" }, auth });
  expect(await status(serving, "first-secret")).toBe(200);
});

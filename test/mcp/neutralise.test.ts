import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { neutralise, oneLine, withoutSecrets } from "../../src/core/neutralise.ts";
import { exitText, reasonOf } from "../../src/mcp/errors.ts";
import { shared } from "../support/shared.ts";

const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

test("ordinary text comes back as the same string", () => {
  for (const text of ["", "plain\n\ttext", "größer als 5 µm – „ja“", "日本語 emoji 👩‍💻", "a\u00a0b"])
    expect(neutralise(text)).toBe(text);
});

test("no control, bidi or tag character is left, wherever the text is cut", () => {
  const piece = fc.oneof(
    fc.array(fc.nat(0x10ffff), { maxLength: 20 }).map((codes) => String.fromCodePoint(...codes)),
    fc.array(fc.nat(0xffff), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)),
    fc.array(fc.nat(0xff), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)),
    fc.constantFrom("\u001b[2J", "\u009b", "\u202e", "\u{e0041}", "\ud83d", "\r\n"),
  );
  fc.assert(
    fc.property(piece, piece, (a, b) => {
      expect(unsafe.test(neutralise(a) + neutralise(b))).toBe(false);
      expect(neutralise(neutralise(a))).toBe(neutralise(a));
    }),
    { numRuns: 200 },
  );
});

test("one line is one line, however long the text", () => {
  expect(oneLine("a\r\nb\u2028c\n\n d")).toBe("a b c d");
  expect(oneLine("x".repeat(1_000_000), 50)).toHaveLength(50);
});

test("what looks like a credential is not repeated", () => {
  const said =
    "AZURE_OPENAI_API_KEY=abc123def456 Authorization: Bearer eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl password is wrong; ?sig=deadbeef1";
  const clean = withoutSecrets(said);
  for (const secret of ["abc123def456", "eyJhbGciOi", "deadbeef1"]) expect(clean).not.toContain(secret);
  expect(clean).toContain("password is wrong");
});

test("removing credentials takes no time, whatever a server prints", () => {
  const startedAt = performance.now();
  for (const text of ["a-".repeat(30_000), "ey-".repeat(20_000), `key${" ".repeat(60_000)}`, "Bearer ".repeat(9_000)])
    withoutSecrets(text);
  expect(performance.now() - startedAt).toBeLessThan(1_500);
});

test("how a process ended is told with its last words, without colours", () => {
  const exit = { code: 3, signal: null, error: null };
  expect(exitText(exit, "\u001b[31mstarting\u001b[0m\n\u001b]0;title\u0007no database\n\n--\n")).toBe(
    "it exited with code 3; last error output: no database",
  );
  expect(exitText({ code: null, signal: "SIGKILL", error: null }, "")).toBe("it was ended by SIGKILL");
});

test("failures to connect are told in words", () => {
  const failed = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });
  expect(reasonOf(failed("ECONNREFUSED"))).toContain("connection refused");
  expect(reasonOf(failed("ENOTFOUND"))).toContain("host name is unknown");
  expect(reasonOf(Object.assign(new Error("nope"), { code: "ERA_NEGOTIATION_FAILED", cause: failed("ECONNRESET") }))).toContain(
    "cut",
  );
});

const strings = shared("data/security/terminal-unicode.jsonl");
test.skipIf(strings === undefined)("none of the known terminal and Unicode tricks gets through", () => {
  for (const line of readFileSync(strings!, "utf8").trim().split("\n")) {
    const { text } = JSON.parse(line) as { text: string };
    expect(unsafe.test(neutralise(text))).toBe(false);
  }
});

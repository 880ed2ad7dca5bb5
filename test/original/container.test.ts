import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { knowledgeServe } from "../../src/cli/commands/knowledge-serve.ts";
import { parseCommandArgs } from "../../src/cli/parse.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(resolve(root, name), "utf8");
const steps = read("Dockerfile")
  .split("\n")
  .flatMap((line) => {
    const [, step, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return step === undefined ? [] : [{ step, rest: rest! }];
  });

test("the image's files are there, and it runs as a user without rights", () => {
  const kept = read(".dockerignore")
    .split("\n")
    .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
  const copied = steps.flatMap(({ step, rest }) =>
    step === "COPY" && !rest.startsWith("--from") ? rest.split(" ").slice(0, -1) : [],
  );
  expect(copied.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
  expect(copied.filter((path) => !kept.includes(path))).toEqual([]);
  expect(steps.findLast(({ step }) => step === "USER")?.rest).toBe("node");
  const last = steps.slice(steps.findLastIndex(({ step }) => step === "FROM"));
  expect(last[0]?.rest).toMatch(/^node:24-/);
  expect(last.some(({ step, rest }) => step === "RUN" && /npm ci --omit=dev/.test(rest))).toBe(true);
  expect(last.filter(({ step, rest }) => step === "COPY" && /\b(src|test)\b/.test(rest))).toEqual([]);
});

test("the image starts a program that the build writes", () => {
  const entry = steps.findLast(({ step }) => step === "ENTRYPOINT")?.rest ?? "[]";
  const [program, path] = JSON.parse(entry) as string[];
  expect({ program, path }).toEqual({ program: "node", path: `/app/${JSON.parse(read("package.json")).bin.lectern}` });
});

test("the compose file serves with flags that the command has, behind a token, reachable from this machine only", () => {
  const compose = read("compose.yaml");
  const words = /command: \[(.*)\]/
    .exec(compose)![1]!
    .split(", ")
    .map((word) => word.replace(/^"|"$/g, ""));
  expect(words.slice(0, 2)).toEqual(["knowledge", "serve"]);
  const args = parseCommandArgs(knowledgeServe, words.slice(2));
  expect(args.string("auth")).toBe("token");
  expect(/ports: \["(.*?):/.exec(compose)![1]).toBe("127.0.0.1");
  expect(compose).not.toMatch(/privileged: true|user: root/);
});

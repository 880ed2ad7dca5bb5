import { resolve } from "node:path";
import { expect, test } from "vitest";
import { lectern } from "../support/cli.ts";

const handbook = resolve(import.meta.dirname, "../../data/handbook");

test("piped questions are answered one after the other, in one conversation", async () => {
  const { code, stdout, stderr } = await lectern(["chat", "--emulator", "--source", handbook], {
    stdin: "How many days of vacation do I have?\nHow do I report a security incident?\n",
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/leave\/vacation\.md[\s\S]*security\/reporting-incidents\.md/);
  expect(stderr).not.toMatch(/Unexpected/);
});

test("a question that fails is told, and the next one is answered", async () => {
  const { code, stdout, stderr } = await lectern(["chat", "--emulator", "--source", handbook], {
    stdin: `${"x".repeat(120_000)}\nHow many days of vacation do I have?\n`,
  });
  expect(code).toBe(0);
  expect(stderr).toMatch(/lectern: The question has 120000 characters/);
  expect(stdout).toMatch(/leave\/vacation\.md/);
});

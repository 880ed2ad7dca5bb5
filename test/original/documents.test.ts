import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { commonOptions } from "../../src/cli/parse.ts";
import { configSchema } from "../../src/config/schema.ts";

const root = resolve(import.meta.dirname, "../..");
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === "node_modules") return [];
    return entry.isDirectory() ? filesIn(path) : [path];
  });
const papers = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/evidence.md"].filter((path) =>
    existsSync(join(root, path)),
  ),
  ...filesIn("docs/guide"),
  ...filesIn("examples"),
].filter((path) => path.endsWith(".md"));
const texts = papers.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

test.each(texts)("the links of $path lead to files and headings that exist", ({ path, text }) => {
  const broken: string[] = [];
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target!)) continue;
    const [file = "", anchor] = target!.split("#");
    const full = file === "" ? join(root, path) : resolve(root, dirname(path), file);
    const headings = (): string[] =>
      [...readFileSync(full, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
    if (!existsSync(full) || (anchor !== undefined && !headings().includes(anchor))) broken.push(target!);
  }
  expect(broken).toEqual([]);
});

/** What stands in code: fenced blocks, indented lines, and words between backticks. Continued lines are joined. */
function codeOf(text: string): readonly string[] {
  const fenced = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.split("\n"));
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/\\\n\s*/g, " ");
  const indented = [...prose.matchAll(/^ {4}(.*)$/gm)].map(([, line]) => line!);
  return [...fenced, ...indented, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, words]) => words!)];
}

test("every lectern command in the papers exists, with the flags that are written behind it", async () => {
  const known = new Map(commands.map((command) => [command.name, command]));
  const wrong: string[] = [];
  let checked = 0;
  for (const { path, text } of texts) {
    for (const code of codeOf(text)) {
      const typed = /(?:^|[|;&$] *)(?:bin\/)?lectern ([a-z-][^#|;&]*)/.exec(code.replace(/"[^"]*"/g, "TEXT"))?.[1];
      if (typed === undefined || /^--(help|version)\b/.test(typed)) continue;
      const [first = "", second = ""] = typed.split(/\s+/);
      const command = known.get(`${first} ${second}`) ?? known.get(first);
      if (command === undefined) {
        wrong.push(`${path}: ${code}`);
        continue;
      }
      checked++;
      const options = new Set([...(await command.load()).options, ...commonOptions].map((option) => option.name));
      for (const [, flag] of typed.matchAll(/\s--([a-z][a-z-]*)/g)) if (!options.has(flag!)) wrong.push(`${path}: ${code}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(20);
});

test("every configuration in the papers is one that Lectern accepts", () => {
  const refused: string[] = [];
  for (const { path, text } of texts) {
    for (const [, block] of text.matchAll(/```json\n([\s\S]*?)```/g)) {
      const value: unknown = JSON.parse(block!);
      if (Array.isArray(value)) continue;
      const checked = configSchema.safeParse(value);
      if (!checked.success) refused.push(`${path}: ${checked.error.message}`);
    }
  }
  expect(refused).toEqual([]);
});

test("every environment variable of Lectern's in the papers is one that the program reads", () => {
  const program = filesIn("src")
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  const named = new Set(
    texts.flatMap(({ text }) => [...text.matchAll(/\b(?:LECTERN|AZURE)_[A-Z_]+[A-Z]\b/g)].map(([name]) => name)),
  );
  // Read by @azure/identity itself.
  const foreign = ["AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"];
  expect([...named].filter((name) => !program.includes(name) && !foreign.includes(name))).toEqual([]);
});

test("ARCHITECTURE.md names every folder of the source", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  expect(folders.map((entry) => `src/${entry.name}/`).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("every row of the original is accounted for once, and every test named in the papers exists", () => {
  const page = texts.find(({ path }) => path.endsWith("from-the-original.md"))!.text;
  const rows = [...page.matchAll(/^\| (S\d+) \|/gm)].map(([, row]) => row);
  expect(rows).toEqual(Array.from({ length: 39 }, (_, index) => `S${index + 1}`));
  const missing: string[] = [];
  for (const { path, text } of texts) {
    for (const [, title, target] of text.matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)) {
      const file = resolve(root, dirname(path), target!);
      if (!existsSync(file) || !readFileSync(file, "utf8").includes(`"${title}"`))
        missing.push(`${relative(root, file)}: ${title}`);
    }
  }
  expect(missing).toEqual([]);
});

test("every source file and folder that the architecture and the map name exists", () => {
  const below = ["src", "test", "bin"].flatMap(filesIn);
  const missing: string[] = [];
  let checked = 0;
  for (const paper of ["ARCHITECTURE.md", "AGENTS.md", "CONTRIBUTING.md"]) {
    const text = readFileSync(join(root, paper), "utf8");
    for (const [, name] of text.matchAll(/`((?:[\w.-]+\/)*[\w-]+\.(?:ts|mjs|cjs)|(?:src|test|docs|bin)\/[\w./-]*)`/g)) {
      checked++;
      const isThere = existsSync(join(root, name!)) || below.some((path) => path.endsWith(`/${name}`));
      if (!isThere) missing.push(`${paper}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
  expect(checked).toBeGreaterThan(30);
});

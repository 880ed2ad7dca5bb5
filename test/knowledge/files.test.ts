import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anonymous } from "../../src/core/served-tools.ts";
import { openKnowledge } from "../../src/knowledge/index.ts";
import { listFiles, openSource, readListedFile } from "../../src/knowledge/load/files.ts";
import { globToRegExp, ignoreRules, splitGlob } from "../../src/knowledge/load/glob.ts";
import { shared } from "../support/shared.ts";
import { folderWith, storeWith } from "./support.ts";

const secret = "# Secret\n\nThe launch code is 0000.";
const listed = async (path: string): Promise<string[]> => (await listFiles(openSource({ path }))).files.map((file) => file.path);

test("a link that leads out of the source is named and not read", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nNoon." });
  writeFileSync(join(folder.root, "outside.md"), secret);
  symlinkSync(join(folder.root, "outside.md"), join(folder.path, "link.md"));
  symlinkSync(folder.root, join(folder.path, "up"));
  await using store = await openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  expect((await store.search("launch code")).hits.filter((hit) => hit.text.includes("0000"))).toEqual([]);
  expect(store.problems()).toEqual([{ source: "base", path: "link.md", reason: "leads out of its source" }]);
});

test("a folder beside the source whose name begins the same is outside", async () => {
  using folder = folderWith({ "a.md": "# A\n\nText." });
  mkdirSync(`${folder.path}-secret`);
  writeFileSync(`${folder.path}-secret/b.md`, secret);
  symlinkSync(`${folder.path}-secret/b.md`, join(folder.path, "b.md"));
  expect(await listed(folder.path)).toEqual(["a.md"]);
});

test("a link to a hidden file inside the source is followed, as mounted configuration volumes have them", async () => {
  using folder = folderWith({ "..data/kb.md": "# Kept\n\nText." });
  symlinkSync("..data/kb.md", join(folder.path, "kb.md"));
  expect(await listed(folder.path)).toEqual(["kb.md"]);
});

test("a source that is a link is followed to where it is switched, under its own name", async () => {
  using folder = folderWith({ "r1/a.md": "# Lunch\n\nServed at noon.", "r2/a.md": "# Lunch\n\nServed at one o'clock." });
  const current = join(folder.root, "current");
  symlinkSync(join(folder.path, "r1"), current);
  await using store = await openKnowledge({ sources: [{ path: current }], cacheDir: folder.cacheDir, watch: false });
  expect((await store.list()).map(({ uri }) => uri)).toEqual(["kb://current/a.md"]);
  execFileSync("ln", ["-sfn", join(folder.path, "r2"), current]);
  rmSync(join(folder.path, "r1"), { recursive: true });
  await store.refresh();
  expect((await store.search("lunch")).hits[0]?.text).toContain("one o'clock");
});

test("one file of a mounted configuration volume is followed when the volume is exchanged", async () => {
  const faq = (answer: string) => JSON.stringify([{ question: "When is lunch?", answer }]);
  using folder = folderWith({ "..v1/faq.json": faq("At noon."), "..v2/faq.json": faq("At one o'clock.") });
  symlinkSync("..v1", join(folder.path, "..data"));
  symlinkSync("..data/faq.json", join(folder.path, "faq.json"));
  const sources = [{ path: join(folder.path, "faq.json") }];
  await using store = await openKnowledge({ sources, cacheDir: folder.cacheDir, watch: false });
  execFileSync("ln", ["-sfn", "..v2", join(folder.path, "..data")]);
  rmSync(join(folder.path, "..v1"), { recursive: true });
  await store.refresh();
  expect((await store.search("lunch")).hits[0]?.text).toContain("one o'clock");
});

test("an ignore file that cannot be read leaves everything out, and a link does not bring back what it names", async () => {
  using folder = folderWith({ "a.md": "# A\n\nText.", "private/b.md": secret, ".lecternignore": "private/\n" });
  symlinkSync("private/b.md", join(folder.path, "c.md"));
  expect(await listed(folder.path)).toEqual(["a.md"]);
  rmSync(join(folder.path, ".lecternignore"));
  mkdirSync(join(folder.path, ".lecternignore"));
  const { files, problems } = await listFiles(openSource({ path: folder.path }));
  expect([files, problems]).toEqual([[], [{ path: ".lecternignore", reason: expect.stringContaining("cannot be read") }]]);
});

test("a folder whose name looks like a pattern is meant itself, and what Word keeps beside an open document is no document", async () => {
  using folder = folderWith({ "Policies [2026]/a.md": "# A\n\nText.", "Policies [2026]/~$report.docx": "x" });
  expect(await listed(join(folder.path, "Policies [2026]"))).toEqual(["a.md"]);
});

test("a link to a page that is listed itself does not list it twice", async () => {
  using folder = folderWith({ "docs/a.md": "# A\n\nText." });
  symlinkSync("docs/a.md", join(folder.path, "copy.md"));
  expect(await listed(folder.path)).toEqual(["docs/a.md"]);
});

test("a file that is exchanged for a link out of the source after it was listed is refused", async () => {
  using folder = folderWith({ "a.md": "# A\n\nText." });
  const source = openSource({ path: folder.path });
  const [file] = (await listFiles(source)).files;
  writeFileSync(join(folder.root, "outside.md"), secret);
  execFileSync("ln", ["-sf", join(folder.root, "outside.md"), join(folder.path, "a.md")]);
  expect(() => readListedFile(file!)).toThrow("leads out of its source");
});

test.skipIf(process.platform === "win32")("a pipe is neither listed nor waited for", async () => {
  using folder = folderWith({ "a.md": "# A\n\nText." });
  const make = "mkfifo";
  execFileSync(make, [join(folder.path, "pipe.md")]);
  expect(await listed(folder.path)).toEqual(["a.md"]);
});

test("hidden files, node_modules, licences and source descriptions are no knowledge", async () => {
  const files = {
    ".hidden.md": "x",
    ".git/a.md": "x",
    "node_modules/p/readme.md": "x",
    LICENSE: "x",
    "LICENSE.txt": "x",
    "SOURCE.json": "[]",
    "a.md": "# A\n\nx",
  };
  using folder = folderWith(files);
  expect(await listed(folder.path)).toEqual(["a.md"]);
});

test("an ignore file leaves out what it names", async () => {
  using folder = folderWith({
    ".lecternignore": "# drafts\ndrafts/\n*.tmp.md\n!keep.tmp.md\n/only-here.md\n",
    "a.md": "x",
    "drafts/b.md": "x",
    "x/drafts/c.md": "x",
    "d.tmp.md": "x",
    "keep.tmp.md": "x",
    "only-here.md": "x",
    "x/only-here.md": "x",
  });
  expect((await listed(folder.path)).sort()).toEqual(["a.md", "keep.tmp.md", "x/only-here.md"]);
});

test("a source may be a pattern", async () => {
  using folder = folderWith({ "docs/a.md": "x", "docs/deep/b.md": "x", "docs/c.txt": "x", "other/d.md": "x" });
  expect((await listed(join(folder.path, "docs/**/*.md"))).sort()).toEqual(["a.md", "deep/b.md"]);
  expect(splitGlob("/kb/docs/**/*.md")).toEqual({ folder: "/kb/docs", pattern: "**/*.md" });
});

test("patterns match as in shells", () => {
  const matches = (pattern: string, path: string): boolean => globToRegExp(pattern).test(path);
  expect([
    matches("*.md", "a.md"),
    matches("*.md", "x/a.md"),
    matches("**/*.md", "x/y/a.md"),
    matches("**/*.md", "a.md"),
  ]).toEqual([true, false, true, true]);
  expect([
    matches("{a,b}.json", "b.json"),
    matches("[!a].md", "b.md"),
    matches("a?.md", "ab.md"),
    matches("a.md", "aXmd"),
  ]).toEqual([true, true, true, false]);
  expect(ignoreRules("build/\n")("x/build/y.md")).toBe(true);
});

test("a file over the limit is named and skipped", async () => {
  await using base = await storeWith(
    { "a.md": "# A\n\nText.", "big.md": new Uint8Array(17 * 1024 * 1024).fill(97) },
    { watch: false },
  );
  expect(base.store.problems()).toMatchObject([{ path: "big.md", reason: "is larger than 16 MiB" }]);
});

test("ids that try to climb out of the source name no document", async () => {
  await using base = await storeWith({ "a.md": "# A\n\nText." }, { watch: false });
  for (const id of [
    "../outside.md",
    "kb://base/../outside.md",
    "kb://base/%2e%2e/outside.md",
    "/etc/passwd",
    "file:///etc/passwd",
    "a.md\u0000",
    "kb://other/a.md",
    "",
  ]) {
    expect(await base.store.get(id), id).toBeUndefined();
  }
});

test("an HTML page is read without its navigation, with its headings and its language", async () => {
  const html = `<!doctype html><html lang="de"><head><title>Urlaub | Firma</title><meta name="keywords" content="Ferien, Erholung"></head><body>
<nav><a href="/">Startseite</a> Navigationsleiste</nav>
<main><h1>Urlaub</h1>
<p>Alle haben dreißig Tage &amp; mehr. Das gilt für alle Beschäftigten der Firma, auch für neue Kolleginnen und Kollegen.</p>
<h2>Antrag</h2><p>Der Antrag geht an die <b>Leitung</b>.</p></main><footer>Impressum</footer></body></html>`;
  await using base = await storeWith({ "urlaub.html": html }, { watch: false });
  const { hits } = await base.store.search("Antrag auf Urlaub");
  expect(hits[0]).toMatchObject({ path: "urlaub.html", title: "Urlaub", lang: "de" });
  expect(hits[0]?.text).toContain("dreißig Tage & mehr");
  expect((await base.store.search("Navigationsleiste Impressum")).hits).toEqual([]);
  expect((await base.store.search("Erholung")).hits[0]?.path).toBe("urlaub.html");
});

const traversal = shared("data/security/path-traversal.jsonl");
test.skipIf(traversal === undefined)("no path of the traversal collection reads a document or breaks the store", async () => {
  await using base = await storeWith({ "a.md": "# A\n\nText." }, { watch: false });
  const attempts = readFileSync(traversal!, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { text: string }).text);
  const read: string[] = [];
  for (const path of attempts) {
    for (const id of [path, `kb://base/${path}`]) {
      const found = (await base.store.get(id)) ?? (await base.app.resources!.read(id, anonymous));
      if (found !== undefined) read.push(id);
    }
  }
  expect(attempts.length).toBeGreaterThan(100);
  expect(read).toEqual([]);
});

test("pages are read back by path and address whatever their names hold", async () => {
  const names = [
    "a b.md",
    "x#y.md",
    "50%25.md",
    "a..b.md",
    "q?.md",
    "cafe\u0301.md",

    "back\\slash.md",
    "new\nline.md",
    "%2e%2e/x.md",
  ];
  await using base = await storeWith(Object.fromEntries(names.map((name, i) => [name, `# Page ${i}\n\nText of page ${i}.`])), {
    watch: false,
  });
  for (const { path, uri } of await base.store.list()) {
    expect((await base.store.get(path))?.path).toBe(path);
    expect((await base.store.get(`${uri}#part`))?.path).toBe(path);
  }
  expect((await base.store.list()).map(({ path }) => path).sort()).toEqual(names.sort());
});

test("folders nested too deeply are named, not left out in silence", async () => {
  const deep = Array.from({ length: 45 }, (_, i) => `d${i}`).join("/");
  await using base = await storeWith({ "a.md": "# A\n\nText.", [`${deep}/b.md`]: "# B\n\nText." }, { watch: false });
  expect(base.store.problems()).toMatchObject([{ reason: "is nested more than 40 folders deep" }]);
});

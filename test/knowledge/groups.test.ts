import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openKnowledge } from "../../src/knowledge/index.ts";
import { qaJsonLoader } from "../../src/knowledge/load/qa-json.ts";
import { openForWriting, openIndexFile } from "../../src/knowledge/stores/sqlite/database.ts";
import { createReader } from "../../src/knowledge/stores/sqlite/reading.ts";
import { createAnalyzer } from "../../src/knowledge/text/analyzer.ts";
import { docxOf, pdfOf, withCustomProperty } from "./office-files.ts";
import { folderWith, putPage, storeWith } from "./support.ts";

const page = "# Bonus\n\nThe bonus is five percent of the salary.\n";
const secret = "bonus salary percent";

/** Who finds the page: which of these readers, and whether the file was named as a problem. */
async function seenBy(files: Readonly<Record<string, string | Uint8Array>>) {
  await using base = await storeWith({ ...files, "open.md": "# Lunch\n\nServed at noon." }, { watch: false });
  const finds = async (groups: readonly string[]): Promise<boolean> =>
    (await base.store.search(secret, { reader: { groups } })).hits.length > 0;
  return {
    everybody: await finds([]),
    hr: await finds(["hr"]),
    legal: await finds(["legal"]),
    named: base.store.problems().map((problem) => problem.path),
  };
}

const forBoth = { everybody: false, hr: true, legal: true, named: [] };
const forHr = { everybody: false, hr: true, legal: false, named: [] };
const forNobody = { everybody: false, hr: false, legal: false, named: [] };
const refused = (path: string) => ({ everybody: false, hr: false, legal: false, named: [path] });

test.each([
  ["a list in YAML", `---\ngroups: [hr, "legal"]\n---\n${page}`],
  ["a list with comments over several lines", `---\ngroups: [hr, # people\n  legal]\n---\n${page}`],
  ["lines of a list", `---\ntitle: Bonus\ngroups: # who\n# may read\n- hr\n- 'legal' # too\nowner: Ann\n---\n${page}`],
  ["one text with commas", `---\nGroups: "hr, legal"\n---\n${page}`],
  ["a quoted key", `---\n"groups": [hr, legal]\n---\n${page}`],
  ["windows line ends", `---\ngroups: hr, legal\n---\n${page}`.replaceAll("\n", "\r\n")],
  ["a byte order mark", `\ufeff---\ngroups: hr, legal\n---\n${page}`],
  ["blank lines before the head", `\n\n---\ngroups: hr, legal\n---\n${page}`],
  ["TOML, as Hugo writes it", `+++\ntitle = "Bonus"\ngroups = ["hr", 'legal']\n+++\n${page}`],
  ["TOML over several lines", `+++\n# head\ngroups = [ # who\n  "hr",\n  "legal", # too\n]\n[params]\nx = 1\n+++\n${page}`],
  ["JSON, as Hugo writes it", `{\n  "title": "Bonus",\n  "groups": ["hr", "legal"]\n}\n${page}`],
])("groups are read from %s", async (_form, text) => {
  expect(await seenBy({ "bonus.md": text })).toEqual(forBoth);
});

test.each([
  ["nothing", "groups:"],
  ["null", "groups: null"],
  ["an empty list", "groups: []"],
  ["a number", "groups: 7"],
])("a page whose groups are %s is nobody's", async (_form, line) => {
  expect(await seenBy({ "bonus.md": `---\n${line}\n---\n${page}` })).toEqual(forNobody);
});

test("a comma inside quotes makes no further group", async () => {
  expect(await seenBy({ "bonus.md": `---\ngroups: ["a, hr, b", "c"]\n---\n${page}` })).toEqual(forNobody);
});

test.each([
  ["nested values", "---\ngroups:\n  all: [hr]\n---\n"],
  ["a list in a list", "---\ngroups: [hr, [legal]]\n---\n"],
  ["a mapping", "---\ngroups: {hr: true}\n---\n"],
  ["an alias", "---\nx: &x [hr]\ngroups: *x\n---\n"],
  ["a tag", "---\ngroups: !!seq [hr]\n---\n"],
  ["a text block", "---\ngroups: |\n  hr\n---\n"],
  ["the key twice", "---\ngroups: hr\ngroups: legal\n---\n"],
  ["a list that does not end", "---\ngroups: [hr\n---\n"],
  ["a key without a space", "---\ngroups:[hr]\n---\n"],
  ["indented keys", "---\n  title: x\n  groups: [hr]\n---\n"],
  ["keys below another key", "---\nparams:\n  groups: [hr]\n---\n"],
  ["one mapping in braces", "---\n{title: x, groups: [hr]}\n---\n"],
  ["an explicit key", "---\n? groups\n: [hr]\n---\n"],
  ["a head that does not end", "---\ntitle: x\ngroups: hr\n\n"],
  ["a head in another language", "---toml\ngroups = ['hr']\n---\n"],
  ["a TOML table", "+++\n[params]\ngroups = ['hr']\n+++\n"],
  ["a dotted TOML key", "+++\nparams.groups = ['hr']\n+++\n"],
  ["a TOML list of tables", "+++\n[[groups]]\nname = 'hr'\n+++\n"],
  ["TOML that is no TOML", "+++\ngroups = hr legal too\n+++\n"],
  ["JSON that is no JSON", '{\n  "title": "x",\n  "groups": ["hr",]\n}\n'],
  ["JSON with nested groups", '{ "groups": {"hr": true} }\n'],
  ["a comment", "<!--\ngroups: hr\n-->\n"],
  ["keys without a fence", "Title: Bonus\nGroups: hr\n\n"],
])("a page with groups in a form that is not understood (%s) is hidden and named", async (_form, head) => {
  expect(await seenBy({ "bonus.md": head + page })).toEqual(refused("bonus.md"));
});

test.each([
  ["a text of several lines", "---\nsummary: |\n  groups: how they work\n---\n"],
  ["a word in a list", "---\nkeywords:\n  - groups\n  - pay\n---\n"],
  ["a quoted title", '---\ntitle: "Teams, groups: a guide"\n---\n'],
  ["the text of the page", "Some words.\n\ngroups: are welcome\n\n"],
])("the word groups in %s restricts nobody", async (_form, head) => {
  expect((await seenBy({ "bonus.md": head + page })).everybody).toBe(true);
});

test("one damaged byte does not uncover a restricted page", async () => {
  const marked = Buffer.concat([Buffer.from(`\ufeff---\ngroups: hr\n---\n${page}`), Buffer.from([0xe9])]);
  expect(await seenBy({ "bonus.md": marked })).toEqual(forHr);
});

test("plain text and HTML pages are restricted by their heads too", async () => {
  const head = "---\ngroups: hr\n---\n";
  const html = "<html><head><meta name='groups' content='hr'></head><body><p>The bonus is five percent.</p></body></html>";
  expect(await seenBy({ "bonus.txt": head + page })).toEqual(forHr);
  expect(await seenBy({ "bonus.html": `${head}<p>The bonus is five percent of the salary.</p>` })).toEqual(forHr);
  expect(await seenBy({ "bonus.html": html })).toEqual(forHr);
  expect(await seenBy({ "bonus.html": html.replace("content='hr'", "") })).toEqual(forNobody);
  const asTag = (tag: string): string => html.replace(/<meta[^>]*>/, tag);
  for (const tag of [
    '<meta content="hr"name="groups">',
    '<META NAME=groups CONTENT="hr"/>',
    '<meta title="a>b" name="groups" content="hr">',
  ])
    expect([tag, await seenBy({ "bonus.html": asTag(tag) })]).toEqual([tag, forHr]);
  for (const tag of ["<meta name=groups content=hr>", '<meta name="groups" content="hr', "<meta name='groups'/>"])
    expect([tag, (await seenBy({ "bonus.html": asTag(tag) })).everybody]).toEqual([tag, false]);
});

test("Word and PDF files are restricted by a document property called groups", async () => {
  const docx = docxOf([{ text: "The bonus is five percent of the salary." }], { Groups: "hr" });
  const pdf = withCustomProperty(pdfOf([[{ text: "The bonus is five percent of the salary.", size: 11 }]]), "Groups", "hr");
  expect(await seenBy({ "bonus.docx": docx })).toEqual(forHr);
  expect(await seenBy({ "bonus.pdf": pdf })).toEqual(forHr);
});

test("questions and answers cannot be restricted one by one: a file that tries is hidden and named", async () => {
  const entries = [{ question: "How much is the bonus?", answer: "Five percent of the salary.", groups: ["hr"] }];
  expect(await seenBy({ "bonus.json": JSON.stringify(entries) })).toEqual(refused("bonus.json"));
  const whole = JSON.stringify({ groups: ["hr"], bonus: "Five percent." });
  expect(qaJsonLoader.formats === "text" && qaJsonLoader.load(whole, { path: "a.json", alone: true })?.meta.groups).toEqual([
    "hr",
  ]);
});

test("TOML front matter is metadata as YAML is", async () => {
  const head =
    '+++\ntitle = \'Travel "rules"\'\nkeywords = ["trip"]\nowner = "Ann"\neffective_from = 2026-01-01\nlang = "en"\ndraft = false\n+++\n';
  await using base = await storeWith({ "travel.md": `${head}# Head\n\nBook early.` }, { watch: false });
  expect(await base.store.get("travel.md")).toMatchObject({ title: 'Travel "rules"', owner: "Ann", effectiveFrom: "2026-01-01" });
  expect((await base.store.search("trip")).hits[0]?.path).toBe("travel.md");
  expect((await base.store.get("travel.md"))?.text).not.toContain("+++");
});

test("a restricted page that another process adds in the middle of a search is not shown to whom it leaves out", async () => {
  using folder = folderWith({});
  const { database, path } = openIndexFile(folder.cacheDir, "test");
  const analyzer = createAnalyzer();
  const add = (name: string, text: string): void => {
    const other = openForWriting(path);
    putPage(other, name, text);
    other.close();
  };
  add("all.md", "# Bonus\n\nThe bonus is five percent.");
  let meanwhile = (): void => {};
  const stem = (word: string, lang: string): string => {
    meanwhile();
    meanwhile = () => {};
    return analyzer.stem(word, lang);
  };
  const reader = createReader(database, { analyzer: { ...analyzer, stem }, now: () => new Date() });
  const found = async (): Promise<string[]> => (await reader.search("bonus")).hits.map((hit) => hit.path);
  expect(await found()).toEqual(["all.md"]);
  meanwhile = () => add("board.md", "---\ngroups: board\n---\n# Bonus\n\nThe bonus of the board is a million.");
  expect(await found()).toEqual(["all.md"]);
  expect((await reader.search("bonus", { reader: { groups: ["board"] } })).hits).toHaveLength(2);
  database.close();
});

test("a page restricted while no server ran is never shown by the next one, however long its first look at the files takes", async () => {
  using folder = folderWith({ "bonus.md": page, "open.md": "# Lunch\n\nServed at noon." });
  const options = { sources: [{ path: folder.path }], cacheDir: folder.cacheDir };
  await (await openKnowledge(options))[Symbol.asyncDispose]();
  folder.write("bonus.md", `---\ngroups: [hr]\n---\n${page}`);
  const index = readdirSync(folder.cacheDir).find((name) => name.endsWith(".sqlite"))!;
  using other = new DatabaseSync(join(folder.cacheDir, index));
  other.exec("BEGIN IMMEDIATE");
  await using store = await openKnowledge(options);
  // Longer than a search waits for later looks.
  setTimeout(() => other.exec("COMMIT"), 400);
  expect((await store.search(secret)).hits).toEqual([]);
  expect((await store.search(secret, { reader: { groups: ["hr"] } })).hits[0]?.path).toBe("bonus.md");
});

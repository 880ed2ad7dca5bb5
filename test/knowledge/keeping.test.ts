import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateCollection, evaluateKnowledge, lintKnowledge, readQuestions } from "../../src/knowledge/index.ts";
import { shared } from "../support/shared.ts";
import { folderWith, storeWith } from "./support.ts";

const lint = async (files: Record<string, string>) => {
  using folder = folderWith(files);
  const { findings } = await lintKnowledge({ sources: [{ name: "base", path: folder.path }], now: () => new Date("2026-11-23") });
  return findings.map(({ rule, path, line, message }) => ({ rule, path, line, message }));
};
const text = "Some words that say enough to be a page of their own.";

test("links that lead nowhere are named with their line; good ones and foreign ones are not", async () => {
  const findings = await lint({
    "docs/a.md": `# A\n\n${text} [b](b.md) [gone](gone.md)\n[head](b.md#part) [no head](b.md#nothing)\n[site](https://example.org/x) [mail](mailto:a@b.c) [root](/docs/b/) ![image](pic.png)\n\n\`\`\`\n[code](nowhere.md)\n\`\`\`\n[ref]: (NDA).md\n`,
    "docs/b.md": `# B\n\n## Part\n\n${text}\n`,
    "docs/pic.png": "x",
  });
  expect(findings).toEqual([
    { rule: "broken-link", path: "docs/a.md", line: 3, message: "gone.md leads nowhere" },
    { rule: "broken-link", path: "docs/a.md", line: 4, message: "b.md#nothing names a heading that docs/b.md does not have" },
    { rule: "broken-link", path: "docs/a.md", line: 10, message: "(NDA).md leads nowhere" },
  ]);
});

test("links are followed in every kind of page that has any, whatever its ending", async () => {
  const endings = [".md", ".MD", ".markdown", ".mdx", ".mdown", ".html", ".htm", ".xhtml"];
  const link = (ending: string): string =>
    /h/i.test(ending) && !/mark/.test(ending) ? '<a href="gone.md">gone</a>' : "[gone](gone.md)";
  const findings = await lint(Object.fromEntries(endings.map((ending, i) => [`page${i}${ending}`, `${text} ${link(ending)}\n`])));
  expect(findings.filter(({ rule }) => rule === "broken-link").map(({ path }) => path.replace(/^page\d/, ""))).toEqual(endings);
});

test("pages that are nearly the same, expired, outdated, empty or nobody's are named", async () => {
  const long = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
  const findings = await lint({
    "a.md": `---\nowner: Ann\n---\n# A\n\n${long} one`,
    "b.md": `---\nowner: Bob\n---\n# B\n\n${long} two`,
    "old.md": `---\nowner: Ann\neffective_until: 2025-01-01\n---\n# Old\n\n${text}`,
    "stale.md": `---\nowner: Ann\ndeprecated: true\n---\n# Stale\n\n${text}`,
    "thin.md": "---\nowner: Ann\n---\n# Thin\n",
    "orphan.md": `# Orphan\n\n${text}`,
  });
  expect(findings.map(({ rule, path }) => [path, rule])).toEqual([
    ["b.md", "near-duplicate"],
    ["old.md", "expired"],
    ["orphan.md", "missing-owner"],
    ["stale.md", "outdated"],
    ["thin.md", "empty"],
  ]);
});

test("entries without question or answer and unreadable files are named", async () => {
  const findings = await lint({
    "faq.json": JSON.stringify([
      { question: "Why is that so, may I ask you?" },
      { answer: "Because it is so, and was ever so." },
    ]),
    "bad.json": "{",
  });
  expect(findings.map(({ rule, path }) => [path, rule])).toEqual([
    ["bad.json", "unreadable"],
    ["faq.json", "incomplete-entry"],
    ["faq.json", "incomplete-entry"],
  ]);
});

test("documents of kinds that are not read are named once for each kind; pictures and programs are not", async () => {
  const findings = await lint({
    "a.md": `# A\n\n${text}`,
    "decks/b.pptx": "x",
    "decks/c.PPTX": "x",
    "old/d.doc": "x",
    "picture.png": "x",
    "run.sh": "x",
  });
  expect(findings.map(({ rule, path, message }) => [rule, path, message])).toEqual([
    ["unknown-format", "decks/b.pptx", "is a .pptx file, which is not read, as 1 more of the base"],
    ["unknown-format", "old/d.doc", "is a .doc file, which is not read"],
  ]);
});

test("an evaluation counts files and passages by kind and names what was missed", async () => {
  const questions = [
    {
      id: "1",
      kind: "single",
      question: "how many days of leave",
      gold: [{ path: "leave.md", quote: "25 days of annual leave" }],
    },
    {
      id: "2",
      kind: "multi",
      question: "days of leave, and who cooks",
      gold: [
        { path: "leave.md", quote: "25 days" },
        { path: "nowhere.md", quote: "the cook" },
      ],
    },
    { id: "3", kind: "single", question: "what pays the bills", gold: [{ entry: 0, question: "When is payday?" }] },
    { id: "4", kind: "unanswerable", question: "who is the king", gold: [] },
  ];
  await using base = await storeWith({
    "leave.md": "# Leave\n\nEverybody has 25 days of annual leave.",
    "faq.json": JSON.stringify([{ question: "When is payday?", answer: "The bills are paid on the 25th." }]),
    "q.txt": questions.map((q) => JSON.stringify(q)).join("\n"),
  });
  const report = await evaluateKnowledge(base.store, readQuestions(join(base.folder.path, "q.txt")));
  expect(report.unanswerable).toBe(1);
  expect(report.kinds.single).toMatchObject({ questions: 2, file: { at5: 1 }, passage: { at5: 1 } });
  expect(report.kinds.multi).toMatchObject({ questions: 1, file: { at5: 0.5 } });
  expect(report.misses.map((miss) => miss.id)).toEqual(["2"]);
});

test("a judged collection is measured by nDCG@10", async () => {
  using folder = folderWith({
    "docs.jsonl": ['{"id":"1","title":"Leave","text":"days of leave"}', '{"id":"2","title":"Pay","text":"salary and pay"}'].join(
      "\n",
    ),
    "queries.jsonl": ['{"id":"q1","text":"leave days"}', '{"id":"q2","text":"salary"}', '{"id":"q3","text":"unjudged"}'].join(
      "\n",
    ),
    "qrels.tsv": "q1\t1\t1\nq2\t1\t1\n",
  });
  expect(await evaluateCollection(folder.path)).toEqual({ queries: 2, ndcg10: 0.5, recall10: 0.5, mrr10: 0.5 });
});

test("a question file that is none is an error that says what it should hold", async () => {
  using folder = folderWith({ "q.jsonl": "no json\n" });
  expect(() => readQuestions(join(folder.path, "q.jsonl"))).toThrow(
    expect.objectContaining({ code: "usage", fix: expect.stringContaining("gold") }),
  );
});

test("lines of questions, queries and pages that cannot be read are left out and told by number", async () => {
  const question = (text: string): string => JSON.stringify({ question: text });
  using folder = folderWith({
    "q.jsonl": ["\uFEFF{}", question("pay?"), "", "{", JSON.stringify({ qestion: "typo" }), question("leave?")].join("\r\n"),
    "good.jsonl": `\uFEFF${question("pay?")}\n\n`,
    "docs.jsonl": '{"id":"1","title":"Leave","text":"days of leave"}\n{"id":"2",',
    "queries.jsonl": '{"id":"q1","text":"leave days"}\n',
    "qrels.tsv": "query\tdocument\tgrade\nq1\t1\t1\n",
  });
  const told: string[] = [];
  const onProblem = (problem: string): void => void told.push(problem.slice(folder.path.length + 1));
  expect(readQuestions(join(folder.path, "q.jsonl"), { onProblem }).map((each) => each.question)).toEqual(["pay?", "leave?"]);
  expect(readQuestions(join(folder.path, "good.jsonl"), { onProblem })).toHaveLength(1);
  await evaluateCollection(folder.path, { onProblem });
  expect(told).toEqual([
    "q.jsonl: 3 lines left out that cannot be read: 1, 4, 5",
    "docs.jsonl: 1 line left out that cannot be read: 2",
  ]);
});

const clef = shared("data/corpora/clef");
test.skipIf(clef === undefined)("a real handbook's development questions find their pages", async () => {
  using folder = folderWith({});
  const { openKnowledge } = await import("../../src/knowledge/index.ts");
  await using store = await openKnowledge({ sources: [{ path: clef! }], cacheDir: folder.cacheDir, watch: false });
  const questions = readQuestions(shared("data/questions/clef.dev.jsonl")!).filter(
    (question) => question.kind !== "crosslingual",
  );
  const { all } = await evaluateKnowledge(store, questions);
  expect(all.file.at5).toBeGreaterThanOrEqual(0.93);
  expect(all.passage.at5).toBeGreaterThanOrEqual(0.9);
});

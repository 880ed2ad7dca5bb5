import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { anchorOf, dataFolder, type Page, readHandbook } from "./handbook.ts";

const place = z.strictObject({
  path: z.string(),
  heading: z.string().nullable(),
  heading_path: z.array(z.string()),
  line: z.int().positive(),
  quote: z.string().min(1),
});
const question = z.strictObject({
  id: z.string(),
  question: z.string(),
  language: z.literal("en"),
  kind: z.enum(["single", "paraphrase", "typo", "multi", "unanswerable"]),
  gold: z.array(place.extend({ alternatives: z.array(place).nonempty().optional() })),
  answer: z.string(),
});
const entry = z.strictObject({ question: z.string(), answer: z.string() });

const pages = readHandbook();
const everyPage = [...pages.values()];
const readQuestions = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => question.parse(JSON.parse(line)));
const questions = readQuestions(join(dataFolder, "questions.jsonl"));
// These share hardly a word with their page: no regression set, but their quotes must stand all the same.
const hard = readQuestions(join(import.meta.dirname, "hard.jsonl"));
const all = [...questions, ...hard];
const entries = z.array(entry).parse(JSON.parse(readFileSync(join(dataFolder, "kb.json"), "utf8")));
const golds = all.flatMap(({ id, gold }) => gold.flatMap((g) => [g, ...(g.alternatives ?? [])]).map((g) => ({ id, ...g })));

function page(path: string): Page {
  const found = pages.get(path);
  if (!found) throw new Error(`no page ${path}`);
  return found;
}

test("the project asks itself 40 different questions, ten of which the handbook does not answer", () => {
  expect(questions.length).toBe(40);
  expect(new Set(all.map((q) => q.id)).size).toBe(all.length);
  expect(new Set(all.map((q) => q.question.toLowerCase())).size).toBe(all.length);
  const without = questions.filter((q) => q.gold.length === 0);
  expect(without.length).toBe(10);
  expect(without.map((q) => q.kind)).toEqual(questions.filter((q) => q.kind === "unanswerable").map((q) => q.kind));
});

test("the answerable ones hold at least 4 with typos, 3 that ask for two things and 8 answered by a table row or list item", () => {
  const ofKind = (kind: string) => questions.filter((q) => q.kind === kind).length;
  const isRow = ({ path, line }: { path: string; line: number }) =>
    /^\s*(?:\||[-*] |\d+\. )/.test(page(path).text.split("\n")[line - 1] ?? "");
  expect(ofKind("typo")).toBeGreaterThanOrEqual(4);
  expect(ofKind("multi")).toBeGreaterThanOrEqual(3);
  expect(questions.filter(({ gold }) => gold.some(isRow)).length).toBeGreaterThanOrEqual(8);
  expect(hard.every(({ gold }) => gold.length > 0)).toBe(true);
});

test("every quote stands verbatim in its page, on the line and below the headings that are named", () => {
  const wrong = golds.flatMap((gold) => {
    const { text, headings } = page(gold.path);
    const start =
      text
        .split("\n")
        .slice(0, gold.line - 1)
        .join("\n").length + (gold.line > 1 ? 1 : 0);
    const at = text.indexOf(gold.quote, start);
    const onLine = at >= start && !text.slice(start, at).includes("\n");
    const above = headings.findLast((heading) => heading.line <= gold.line)?.path ?? [];
    const rightHeading = above.join(" > ") === gold.heading_path.join(" > ") && (above.at(-1) ?? null) === gold.heading;
    return onLine && rightHeading ? [] : [`${gold.id} ${gold.path}:${gold.line} ${gold.quote}`];
  });
  expect(wrong).toEqual([]);
});

test("no quote comes from a page that has been replaced", () => {
  expect(golds.filter((gold) => gold.path === "travel/travel-policy-2023.md")).toEqual([]);
});

test("nothing in the sample base speaks of what the ten unanswerable questions ask", () => {
  const asked =
    /norway|norwegian|contractor|\bdogs?\b|share option|motorbike|motorcycle|nursery|crèche|\bjury|\b2028\b|removal cost|\bivf\b|fertilit|\bcats?\b|\bpets?\b/i;
  const texts = [
    ...everyPage.map(({ path, text }) => ({ path, text })),
    ...entries.map((e) => ({ path: "kb.json", text: `${e.question} ${e.answer}` })),
  ];
  expect(texts.filter(({ text }) => asked.test(text)).map(({ path }) => path)).toEqual([]);
});

test("every link inside the handbook leads to a page, and every anchor to a heading", () => {
  const broken = everyPage.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)]+)\)/g)].flatMap(([, target = ""]) => {
      const [file = "", anchor] = target.split("#");
      const linked = pages.get(file === "" ? path : posix.join(posix.dirname(path), file));
      const anchors = linked?.headings.map((heading) => anchorOf(heading.path.at(-1)!)) ?? [];
      return linked && (anchor === undefined || anchors.includes(anchor)) ? [] : [`${path} -> ${target}`];
    }),
  );
  expect(broken).toEqual([]);
});

test("every page can be reached from the start page", () => {
  const linksFrom = (path: string): string[] =>
    [...page(path).text.matchAll(/\]\(([^)#]+)/g)].map(([, file = ""]) => posix.join(posix.dirname(path), file));
  const reached = new Set(["start-here.md"]);
  for (const path of reached) for (const next of linksFrom(path)) reached.add(next);
  expect([...reached].sort()).toEqual([...pages.keys()].sort());
});

test("there are at least 32 pages, and each has a title, an owner, keywords and the day it takes effect", () => {
  const day = z.iso.date();
  const frontMatter = z.strictObject({
    title: z.string().min(1),
    owner: z.string().min(1),
    effective_from: day,
    effective_until: day.optional(),
    supersedes: z.string().optional(),
    keywords: z.array(z.string()).min(3),
  });
  expect(pages.size).toBeGreaterThanOrEqual(32);
  const wrong = everyPage.flatMap(({ path, frontMatter: fields }) => {
    const parsed = frontMatter.safeParse(fields);
    if (!parsed.success) return [`${path}: ${z.prettifyError(parsed.error)}`];
    const { effective_from: from, effective_until: until } = parsed.data;
    return until !== undefined && until <= from ? [`${path}: ends before it begins`] : [];
  });
  expect(wrong).toEqual([]);
});

test("exactly one page is superseded, and it ends the day before its successor begins", () => {
  const successors = everyPage.filter(({ frontMatter }) => frontMatter.supersedes !== undefined);
  expect(successors.map(({ path }) => path)).toEqual(["travel/travel-policy.md"]);
  const [successor] = successors;
  const old = page(posix.join("travel", String(successor!.frontMatter.supersedes)));
  const dayAfter = new Date(Date.parse(`${old.frontMatter.effective_until}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  expect(dayAfter).toBe(successor!.frontMatter.effective_from);
});

test("every weekday that stands beside a date is the weekday of that date", () => {
  const months = "January February March April May June July August September October November December".split(" ");
  const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
  const dated = new RegExp(`\\b(${weekdays.join("|")}) (\\d{1,2}) (${months.join("|")})\\b`, "g");
  let checked = 0;
  const wrong: string[] = [];
  for (const path of ["leave/public-holidays.md", "money/payroll-calendar.md"]) {
    let year = "";
    for (const line of page(path).text.split("\n")) {
      // The year stands in the heading above the table, or in the first cell of the row.
      year = /^(?:## |\| \w+ )(20\d\d)\b/.exec(line)?.[1] ?? year;
      for (const [found, weekday, date, month] of line.matchAll(dated)) {
        checked++;
        const actual = weekdays[new Date(Date.UTC(Number(year), months.indexOf(month!), Number(date))).getUTCDay()];
        if (actual !== weekday) wrong.push(`${path}: ${found} ${year} is a ${actual}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(50);
});

test("the five short answers give only figures that the handbook page on the topic gives too", () => {
  const pageFor = [
    "leave/vacation.md",
    "it/software-licences.md",
    "working/remote-work.md",
    "money/expenses.md",
    "security/reporting-incidents.md",
  ];
  expect(entries.length).toBe(5);
  const strange = entries.flatMap(({ question: asked, answer }, index) => {
    const text = page(pageFor[index]!).text;
    const figures = answer.match(/£?\d[\d,:]*\d|£?\d/g) ?? [];
    return figures
      .filter((figure) => !new RegExp(`(?<![\\d,£])${figure}(?![\\d])`).test(text))
      .map((figure) => `${asked} ${figure}`);
  });
  expect(strange).toEqual([]);
  const lengths = entries.map(({ answer }) => answer.split(/\s+/).length);
  expect(lengths.filter((words) => words < 60 || words > 120)).toEqual([]);
});

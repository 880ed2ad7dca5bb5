import { afterAll, beforeAll, expect, test } from "vitest";
import { anonymous, type Caller } from "../../src/core/served-tools.ts";
import { storeWith, textOf } from "./support.ts";

const userCount = 50;
const documentCount = 500;
const groupNames = Array.from({ length: 10 }, (_, i) => `team-${i}`);

/** Groups of document i: none for a fifth of them, else one to three. */
const groupsOf = (i: number): string[] | undefined =>
  i % 5 === 0 ? undefined : [groupNames[i % 10]!, groupNames[(i * 3) % 10]!, groupNames[(i * 7) % 10]!].slice(0, 1 + (i % 3));
const userGroups = (u: number): string[] =>
  u === 0 ? [] : [groupNames[u % 10]!, groupNames[(u * 7 + 1) % 10]!].slice(0, 1 + (u % 2));
const callerOf = (u: number): Caller => ({ subject: `user-${u}`, groups: userGroups(u), scopes: [] });
const visible = (i: number, u: number): boolean => groupsOf(i)?.some((group) => userGroups(u).includes(group)) ?? true;
const secretWord = (i: number): string => `zebra${String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26))}quux`;

const page = (i: number): string => {
  const groups = groupsOf(i);
  const front = groups === undefined ? "" : `---\ngroups: [${groups.join(", ")}]\n---\n`;
  return `${front}# Project ${secretWord(i)}\n\nThe budget of project ${secretWord(i)} is ${1000 + i} EUR and its parking rules apply.\n`;
};

let base: Awaited<ReturnType<typeof storeWith>>;
beforeAll(async () => {
  base = await storeWith(
    Object.fromEntries(Array.from({ length: documentCount }, (_, i) => [`folder-${i % 20}/page-${i}.md`, page(i)])),
  );
});
afterAll(() => base[Symbol.asyncDispose]());
const pathOf = (i: number): string => `folder-${i % 20}/page-${i}.md`;
const indexOf = (path: string): number => Number(/page-(\d+)/.exec(path)?.[1]);

test("no search shows a passage of a document that is not for the caller", async () => {
  const leaks: string[] = [];
  for (let u = 0; u < userCount; u++) {
    const result = await base.call("search_knowledge_base", { query: "project budget parking rules", limit: 50 }, callerOf(u));
    const { results } = result.structuredContent as { results: { path: string }[] };
    leaks.push(...results.filter(({ path }) => !visible(indexOf(path), u)).map(({ path }) => `${u}: ${path}`));
  }
  expect(leaks).toEqual([]);
});

test("a word that only hidden documents hold finds nothing, corrects nothing and counts nothing", async () => {
  const told: string[] = [];
  for (let u = 0; u < userCount; u += 10) {
    for (let i = 0; i < documentCount; i += 45) {
      if (visible(i, u)) continue;
      const misspelled = secretWord(i).replace("quux", "quxx");
      const seen = await base.call("search_knowledge_base", { query: misspelled }, callerOf(u));
      const unknown = await base.call("search_knowledge_base", { query: "zzzzzzzz" }, callerOf(u));
      const corrected = (seen.structuredContent as { corrections: { to: string }[] }).corrections.map((c) => c.to);
      if (corrected.includes(secretWord(i)) || textOf(seen).includes(secretWord(i))) told.push(`${u}: ${pathOf(i)}`);
      const exact = await base.call("search_knowledge_base", { query: secretWord(i) }, callerOf(u));
      if (textOf(exact).includes(`${1000 + i} EUR`)) told.push(`${u}: ${pathOf(i)} exact`);
      expect((unknown.structuredContent as { total: number }).total).toBe(0);
    }
  }
  expect(told).toEqual([]);
});

test("lists, topics, counts, completions, entries and resources hold exactly what the caller may see", async () => {
  for (let u = 0; u < userCount; u += 7) {
    const caller = callerOf(u);
    const allowed = Array.from({ length: documentCount }, (_, i) => i).filter((i) => visible(i, u));
    const topics = (await base.call("list_topics", {}, caller)).structuredContent as {
      topics: { documents: number; titles: string[] }[];
    };
    expect(topics.topics.reduce((sum, topic) => sum + topic.documents, 0)).toBe(allowed.length);
    expect(base.store.counts({ reader: caller }).documents).toBe(allowed.length);
    const listed: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const part = await base.app.resources!.list(caller, cursor);
      listed.push(...part.resources.map((resource) => resource.name));
      cursor = part.nextCursor;
    }
    expect(listed.map(indexOf).sort((a, b) => a - b)).toEqual(allowed);
    const completed = await base.app.resources!.complete!("kb://{source}/{+path}", "path", "page-", caller);
    expect(completed.every((path) => visible(indexOf(path), u))).toBe(true);
    const whole = textOf(await base.call("get_knowledge_base", {}, caller));
    expect([...whole.matchAll(/is (\d+) EUR/g)].map((match) => Number(match[1]) - 1000).sort((a, b) => a - b)).toEqual(allowed);
  }
});

test("a hidden document reads as one that does not exist, by id, uri and path", async () => {
  const hidden = Array.from({ length: documentCount }, (_, i) => i).find((i) => !visible(i, 1))!;
  const message = async (id: string): Promise<string> =>
    base.call("get_document", { id }, callerOf(1)).then(
      () => "read",
      (error: Error) => error.message.replaceAll(id, "*"),
    );
  const missing = await message("folder-0/page-99999.md");
  expect(await message(pathOf(hidden))).toBe(missing);
  expect(await message(`kb://base/${pathOf(hidden)}`)).toBe(missing);
  expect(await base.app.resources!.read(`kb://base/${pathOf(hidden)}`, callerOf(1))).toBeUndefined();
});

test("a document whose groups are empty or unreadable is nobody's", async () => {
  await using store = await storeWith({
    "open.md": "# Open\n\nText about lunch.",
    "closed.md": "---\ngroups:\n  nested: {a: b}\n---\n# Closed\n\nText about lunch.",
  });
  const everything: Caller = { ...anonymous, groups: ["", "nested", "a", "b", "*"] };
  const { hits } = await store.store.search("lunch", { reader: everything });
  expect(hits.map((hit) => hit.path)).toEqual(["open.md"]);
});

test("a page whose groups changed is gone for those who lost it", async () => {
  await using store = await storeWith({ "a.md": "# Lunch\n\nServed at noon.", "b.md": "# Other\n\nText." });
  expect((await store.store.search("lunch")).hits).toHaveLength(1);
  store.folder.write("a.md", "---\ngroups: hr\n---\n# Lunch\n\nServed at noon.");
  await store.store.refresh();
  expect((await store.store.search("lunch")).hits).toEqual([]);
  expect((await store.store.search("lunch", { reader: { groups: ["hr"] } })).hits).toHaveLength(1);
});

test("scores do not change when a hidden document is added", async () => {
  const scores = async (files: Record<string, string>): Promise<number[]> => {
    await using store = await storeWith(files);
    return (await store.store.search("lunch in the canteen")).hits.map((hit) => hit.score);
  };
  const open = { "a.md": "# Lunch\n\nServed in the canteen at noon.", "b.md": "# Dinner\n\nNo dinner in the canteen." };
  expect(await scores({ ...open, "c.md": "---\ngroups: hr\n---\n# Lunch\n\nLunch lunch canteen canteen." })).toEqual(
    await scores(open),
  );
});

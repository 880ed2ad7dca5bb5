import { readdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import { type KnowledgeStore, openKnowledge } from "../../src/knowledge/index.ts";
import type { FoundFile } from "../../src/knowledge/load/files.ts";
import type { RefreshProgress } from "../../src/knowledge/store.ts";
import type { Seen, SyncParts } from "../../src/knowledge/stores/sqlite/sync.ts";
import { folderWith, storeWith } from "./support.ts";

const changed = (store: KnowledgeStore): Promise<void> =>
  new Promise((resolve) => {
    const stop = store.onChanged(() => {
      stop();
      resolve();
    });
  });
const indexFiles = (cacheDir: string): string[] => readdirSync(cacheDir).filter((name) => name.endsWith(".sqlite"));

test("a page that is changed, added or deleted on disk is followed without being told", async () => {
  await using base = await storeWith(
    { "a.md": "# Lunch\n\nServed at noon.", "b.md": "# Parking\n\nBehind the house." },
    { pollMs: 50 },
  );
  let told = changed(base.store);
  base.folder.write("a.md", "# Lunch\n\nServed at one o'clock.");
  await told;
  expect((await base.store.search("lunch")).hits[0]?.text).toContain("one o'clock");
  told = changed(base.store);
  base.folder.write("new/c.md", "# Bicycles\n\nIn the cellar.");
  await told;
  expect((await base.store.search("bicycles")).hits[0]?.path).toBe("new/c.md");
  told = changed(base.store);
  rmSync(join(base.folder.path, "b.md"));
  await told;
  expect((await base.store.search("parking")).hits).toEqual([]);
});

test("a folder in which something is written all the time is followed all the same", async () => {
  await using base = await storeWith({ "a.md": "# Lunch\n\nServed at noon." }, { pollMs: 100 });
  let told = changed(base.store);
  base.folder.write("b.md", "# Parking\n\nBehind the house.");
  await told;
  const writing = setInterval(() => base.folder.write("server.log", "x"), 10);
  onTestFinished(() => clearInterval(writing));
  told = changed(base.store);
  base.folder.write("a.md", "# Lunch\n\nServed at one o'clock.");
  await told;
  clearInterval(writing);
  expect((await base.store.search("lunch")).hits[0]?.text).toContain("one o'clock");
});

test("a file that can no longer be used is told once while the base is open; those known at its opening are not", async () => {
  const notices: string[] = [];
  const files = { "a.md": "# Lunch\n\nServed at noon.", "b.md": "# Pay\n\nIn May.", "bad.json": "{" };
  await using base = await storeWith(files, { watch: false, onNotice: (notice) => notices.push(notice) });
  base.folder.write("b.md", "---\ngroups: {hr: true}\n---\n# Pay\n\nIn May.");
  await base.store.refresh();
  base.folder.write("a.md", "# Lunch\n\nServed at one.");
  symlinkSync("nowhere", join(base.folder.path, "c.md"));
  await base.store.refresh();
  await base.store.refresh();
  expect(notices).toEqual([expect.stringMatching(/^b\.md names groups/), expect.stringMatching(/^c\.md is a link/)]);
});

test("a source that is away (a share that is not mounted) is hidden, told, and back at once with its old index", async () => {
  using folder = folderWith({ "share/a.md": "# Lunch\n\nServed at noon.", "here/b.md": "# Parking\n\nBehind the house." });
  const [share, here] = [join(folder.path, "share"), join(folder.path, "here")];
  const notices: string[] = [];
  const options = {
    cacheDir: folder.cacheDir,
    watch: false,
    onNotice: (notice: string) => notices.push(notice),
  };
  await using store = await openKnowledge({ sources: [{ path: share }, { path: here }], ...options });
  renameSync(share, `${share}-away`);
  folder.write("here/b.md", "# Parking\n\nIn the yard.");
  await store.refresh();
  expect((await store.list()).map(({ uri }) => uri)).toEqual(["kb://here/b.md"]);
  expect((await store.search("parking")).hits[0]?.text).toContain("yard");
  expect((await store.search("lunch")).hits).toEqual([]);
  expect(store.counts().documents).toBe(1);
  expect(store.problems().filter(({ reason }) => reason.includes("hidden"))).toHaveLength(1);
  using index = new DatabaseSync(join(folder.cacheDir, indexFiles(folder.cacheDir)[0]!), { readOnly: true });
  expect(index.prepare("SELECT path FROM documents ORDER BY path").all()).toEqual([{ path: "a.md" }, { path: "b.md" }]);
  renameSync(`${share}-away`, share);
  await store.refresh();
  expect((await store.search("lunch")).hits[0]?.path).toBe("a.md");
  expect(notices.filter((notice) => notice.includes("source share"))).toEqual([
    expect.stringContaining("hidden"),
    "The source share is back.",
  ]);
});

test("a file whose time changed but not its bytes is no change", async () => {
  await using base = await storeWith({ "a.md": "# Lunch\n\nServed at noon." }, { watch: false });
  const before = await base.store.list();
  let told = 0;
  base.store.onChanged(() => told++);
  utimesSync(join(base.folder.path, "a.md"), new Date(), new Date(Date.now() + 5000));
  await base.store.refresh();
  await base.store.refresh();
  expect(await base.store.list()).toEqual(before);
  expect((await base.store.search("lunch")).hits).toHaveLength(1);
});

test("a change is told to those who may see the document, before or after it, and to nobody else", async () => {
  const restricted = (group: string, text: string) => `---\ngroups: ${group}\n---\n# Bonus\n\n${text}`;
  const files = { "open.md": "# Lunch\n\nServed at noon.", "bonus.md": restricted("hr", "Five percent.") };
  await using base = await storeWith(files, { watch: false });
  const told: string[] = [];
  base.store.onChanged(({ concerns }) => {
    for (const group of ["hr", "legal", "nobody"]) if (concerns({ groups: [group] })) told.push(group);
  });
  const afterWriting = async (name: string, text: string): Promise<string[]> => {
    told.length = 0;
    base.folder.write(name, text);
    await base.store.refresh();
    return [...told];
  };
  expect(await afterWriting("bonus.md", restricted("hr", "Six percent this year."))).toEqual(["hr"]);
  expect(await afterWriting("bonus.md", restricted("legal", "Six percent this year."))).toEqual(["hr", "legal"]);
  expect(await afterWriting("bonus.md", restricted("{a: b}", "Six percent."))).toEqual(["legal"]);
  expect(await afterWriting("other.md", restricted("hr", "A new page."))).toEqual(["hr"]);
  expect(await afterWriting("open.md", "# Lunch\n\nServed at one o'clock.")).toEqual(["hr", "legal", "nobody"]);
});

test("a change made while a store was closed is seen when it is opened again", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at noon." });
  const open = () => openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  await (await open())[Symbol.asyncDispose]();
  folder.write("a.md", "# Lunch\n\nServed at one o'clock.");
  await using again = await open();
  expect((await again.search("lunch")).hits[0]?.text).toContain("one o'clock");
});

/** Brings an index of the folder up to date step by step, below the store. */
async function lowLevel(folder: { readonly path: string; readonly cacheDir: string }) {
  const { openIndexFile } = await import("../../src/knowledge/stores/sqlite/database.ts");
  const { scanSources, synchronise } = await import("../../src/knowledge/stores/sqlite/sync.ts");
  const { createStaleFinder } = await import("../../src/knowledge/stores/sqlite/stale.ts");
  const { createAnalyzer } = await import("../../src/knowledge/text/analyzer.ts");
  const { openSource } = await import("../../src/knowledge/load/files.ts");
  const index = openIndexFile(folder.cacheDir, "test");
  const parts = { ...index, analyzer: createAnalyzer(), patienceMs: 0, signal: new AbortController().signal };
  const scan = async (as?: Partial<FoundFile>): Promise<Seen> => {
    const { files, away } = await scanSources([openSource({ path: folder.path })]);
    return { files: files.map(({ root, file }) => ({ root, file: { ...file, ...as } })), away };
  };
  const findStale = createStaleFinder();
  return {
    texts: () => index.database.prepare("SELECT text FROM document_texts").all(),
    look: async (options: Partial<SyncParts>, as?: Partial<FoundFile>): Promise<void> =>
      synchronise({ ...parts, lookAgain: () => scan(as), ...options }, await scan(as)),
    stale: async (as?: Partial<FoundFile>): Promise<string[]> =>
      (await findStale(index.database, await scan(as))).map(({ path }) => path),
    [Symbol.dispose]: () => index.database.close(),
  };
}

test("a page rewritten within the same second, on a file system that counts in seconds, is not missed", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at 12." });
  using index = await lowLevel(folder);
  const second = Date.parse("2026-11-23T12:00:00Z");
  vi.useFakeTimers({ toFake: ["Date"], now: second + 400 });
  onTestFinished(() => void vi.useRealTimers());
  await index.look({}, { mtimeMs: second, ctimeMs: second });
  folder.write("a.md", "# Lunch\n\nServed at 13.");
  await index.look({}, { mtimeMs: second, ctimeMs: second });
  expect(index.texts()).toEqual([{ text: "# Lunch\n\nServed at 13." }]);
});

test("such a page is not missed either while the index cannot be written", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at 12." });
  using index = await lowLevel(folder);
  await index.look({});
  const second = Date.parse("2026-11-23T12:00:00Z");
  vi.useFakeTimers({ toFake: ["Date"], now: second + 400 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await index.stale({ mtimeMs: second, ctimeMs: second })).toEqual([]);
  folder.write("a.md", "# Lunch\n\nServed at 13.");
  expect(await index.stale({ mtimeMs: second, ctimeMs: second })).toEqual(["a.md"]);
});

test("a file that the system could not give is read at the next look, though nothing about it changed", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at noon." });
  using index = await lowLevel(folder);
  const old = { mtimeMs: 1, ctimeMs: 1 };
  await index.look({}, { ...old, absolute: join(folder.path, "a.md", "not a folder") });
  expect(index.texts()).toEqual([]);
  await index.look({}, old);
  expect(index.texts()).toHaveLength(1);
});

/** Together they take longer than what is done without letting others through. */
function addLongPages(folder: { write(name: string, text: string): void }): void {
  for (let i = 0; i < 12; i++) folder.write(`p${i}.md`, `# Page ${i}\n\n${`Word${i} and lunch. `.repeat(2_000)}`);
}

test("a long update shows its first pages before its last, and all in the end", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at 12." });
  using index = await lowLevel(folder);
  await index.look({});
  addLongPages(folder);
  const seen: number[] = [];
  await index.look({ partMs: 0, onProgress: () => seen.push(index.texts().length) });
  expect(seen.some((count) => count > 1 && count < 13)).toBe(true);
  expect(index.texts()).toHaveLength(13);
});

test("a page that is changed during a long update is seen by it", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at 12." });
  using index = await lowLevel(folder);
  await index.look({});
  addLongPages(folder);
  const onProgress = ({ done }: RefreshProgress): void => {
    if (done === 1) folder.write("a.md", "# Lunch\n\nServed at one.");
  };
  await index.look({ partMs: 0, onProgress });
  expect(index.texts()).toContainEqual({ text: "# Lunch\n\nServed at one." });
});

test("whoever reads once sees the files as they are, however much changed", async () => {
  const pages = (text: string) =>
    Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`p${i}.md`, `# Page ${i}\n\n${text}`]));
  using folder = folderWith(pages("Lunch at noon."));
  const open = () => openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  await (await open())[Symbol.asyncDispose]();
  for (const [name, text] of Object.entries(pages("Dinner at eight. ".repeat(60)))) folder.write(name, text);
  await using again = await open();
  expect(again.counts().chunks).toBe(600);
  expect((await again.search("lunch at noon")).hits).toEqual([]);
});

test("two stores over the same files share one index, and one sees what the other wrote", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at noon." });
  const open = () => openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  await using one = await open();
  await using two = await open();
  folder.write("b.md", "# Parking\n\nBehind the house.");
  await one.refresh();
  expect((await two.search("parking")).hits[0]?.path).toBe("b.md");
  expect(indexFiles(folder.cacheDir)).toHaveLength(1);
});

test("an index that is cut off, garbage or empty is built anew", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at noon." });
  const open = () => openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  await (await open())[Symbol.asyncDispose]();
  const index = join(folder.cacheDir, indexFiles(folder.cacheDir)[0]!);
  const damage = [
    () => truncateSync(index, 5000),
    () => writeFileSync(index, "no database at all"),
    () => truncateSync(index, 0),
  ];
  for (const harm of damage) {
    harm();
    await using store = await open();
    expect((await store.search("lunch")).hits[0]?.path).toBe("a.md");
  }
  expect(statSync(index).mode & 0o777).toBe(0o600);
});

test("an index whose pages were overwritten is noticed by a search and built anew", async () => {
  using folder = folderWith(
    Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`p${i}.md`, `# Page ${i}\n\n${`Lunch number ${i} is served. `.repeat(40)}`]),
    ),
  );
  const open = () => openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  await (await open())[Symbol.asyncDispose]();
  const index = join(folder.cacheDir, indexFiles(folder.cacheDir)[0]!);
  const { size } = statSync(index);
  const { openSync, writeSync, closeSync } = await import("node:fs");
  const handle = openSync(index, "r+");
  writeSync(handle, Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);
  closeSync(handle);
  await using store = await open();
  expect((await store.search("lunch number 7")).hits.length).toBeGreaterThan(0);
});

test("readers are answered from the old state while a large change is read in", async () => {
  const pages = Object.fromEntries(
    Array.from({ length: 150 }, (_, i) => [`p${i}.md`, `# Page ${i}\n\n${`Word${i} and lunch. `.repeat(60)}`]),
  );
  await using base = await storeWith({ "a.md": "# Lunch\n\nServed at noon." }, { watch: false });
  for (const [name, text] of Object.entries(pages)) base.folder.write(name, text);
  const refreshing = base.store.refresh();
  const during = base.store.counts().documents;
  await refreshing;
  expect([during, base.store.counts().documents]).toEqual([1, 151]);
});

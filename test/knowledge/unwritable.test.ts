import { execFile } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openKnowledge, type Reader } from "../../src/knowledge/index.ts";
import { openIndexFile } from "../../src/knowledge/stores/sqlite/database.ts";
import { callTool, folderWith, putPage, storeWith } from "./support.ts";

const open = "# Bonus\n\nThe bonus is five percent of the zebrasalary.";
const restricted = `---\ngroups: hr\n---\n${open}`;
const files = { "lunch.md": "# Lunch\n\nServed at noon.", "bonus.md": open, "old.md": "# Old\n\nA page about parking." };

/** A base whose index takes no change until told otherwise, as on a full disk. */
async function baseWithStuckIndex(options: { readonly watch?: boolean; readonly pollMs?: number } = { watch: false }) {
  const notices: string[] = [];
  let noticed = Promise.withResolvers<void>();
  const onNotice = (notice: string): void => {
    notices.push(notice);
    noticed.resolve();
  };
  const base = await storeWith(files, { ...options, onNotice });
  const index = join(base.folder.cacheDir, readdirSync(base.folder.cacheDir).find((name) => name.endsWith(".sqlite"))!);
  const other = new DatabaseSync(index);
  return {
    ...base,
    index,
    notices,
    other,
    nextNotice: (): Promise<void> => {
      noticed = Promise.withResolvers<void>();
      return noticed.promise;
    },
    stick: () => other.exec("CREATE TRIGGER stuck BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"),
    free: () => other.exec("DROP TRIGGER stuck"),
    async [Symbol.asyncDispose]() {
      other.close();
      await base[Symbol.asyncDispose]();
    },
  };
}

test("a page that is restricted, changed or deleted while the index cannot be written is hidden from everybody, and shown again once it can", async () => {
  await using base = await baseWithStuckIndex();
  const { store, folder } = base;
  base.stick();
  folder.write("bonus.md", restricted);
  rmSync(join(folder.path, "old.md"));
  folder.write("new.md", "# Canteen\n\nThe menu changes weekly.");
  await expect(store.refresh()).rejects.toThrow("the disk is full");

  for (const groups of [[], ["hr"]]) {
    const reader: Reader = { groups };
    expect((await store.search("bonus percent of the zebrasalary", { reader })).hits).toEqual([]);
    expect((await store.search("parking", { reader })).hits).toEqual([]);
    expect(await store.get("bonus.md", { reader })).toBeUndefined();
    expect((await store.list({ reader })).map(({ path }) => path)).toEqual(["lunch.md"]);
    expect((await store.topics({ reader })).flatMap(({ titles }) => titles)).toEqual(["Lunch"]);
    expect((await store.entries({ reader })).map(({ question }) => question)).toEqual(["Lunch"]);
    expect(store.counts({ reader })).toEqual({ documents: 1, chunks: 1, languages: ["en"] });
  }
  expect((await store.search("lunch")).hits[0]?.path).toBe("lunch.md");

  base.free();
  await store.refresh();
  expect((await store.search("zebrasalary")).hits).toEqual([]);
  expect((await store.search("zebrasalary", { reader: { groups: ["hr"] } })).hits[0]?.path).toBe("bonus.md");
  expect((await store.search("menu")).hits[0]?.path).toBe("new.md");
  expect(store.counts({ reader: { groups: ["hr"] } }).documents).toBe(3);
});

test("scores, totals and spelling tell nothing of a hidden page: they are those of a base without it", async () => {
  await using without = await storeWith({ "lunch.md": files["lunch.md"], "old.md": files["old.md"] }, { watch: false });
  await using base = await baseWithStuckIndex();
  base.stick();
  base.folder.write("bonus.md", restricted);
  await expect(base.store.refresh()).rejects.toThrow();
  for (const query of ["zebrasalray", "lunch bonus parking", "percent"])
    expect(await callTool(base.app, "search_knowledge_base", { query })).toEqual(
      await callTool(without.app, "search_knowledge_base", { query }),
    );
});

test("a page whose time changed but not its bytes stays visible while the index cannot be written", async () => {
  await using base = await baseWithStuckIndex();
  base.stick();
  base.folder.write("lunch.md", files["lunch.md"]);
  base.folder.write("bonus.md", restricted);
  await expect(base.store.refresh()).rejects.toThrow();
  expect((await base.store.list()).map(({ path }) => path)).toEqual(["lunch.md", "old.md"]);
});

test("the keeper is told once what is hidden and why, finds it among the problems, and is told when it is over", async () => {
  await using base = await baseWithStuckIndex();
  base.stick();
  base.folder.write("bonus.md", restricted);
  base.folder.write("new.md", "# Canteen\n\nThe menu changes weekly.");
  for (let i = 0; i < 2; i++) await expect(base.store.refresh()).rejects.toThrow();
  expect(base.notices).toEqual([expect.stringMatching(/the disk is full.*hidden until it can: bonus\.md/)]);
  expect(base.store.problems()).toEqual([
    { source: "base", path: "bonus.md", reason: expect.stringContaining("hidden until the index can be written") },
    { source: "base", path: "new.md", reason: expect.stringContaining("is new") },
  ]);
  base.free();
  await base.store.refresh();
  expect(base.notices.slice(1)).toEqual(["The index is up to date again."]);
  expect(base.store.problems()).toEqual([]);
});

test("what a hidden page says stays hidden when another process, which can write, brings it up to date in between", async () => {
  await using base = await baseWithStuckIndex();
  base.stick();
  base.folder.write("old.md", "# Old\n\nA page about bicycles.");
  await expect(base.store.refresh()).rejects.toThrow();
  base.free();
  putPage(base.other, "old.md", "# Old\n\nA page about velocipedes.");
  base.stick();
  await expect(base.store.refresh()).rejects.toThrow();
  expect(await base.store.search("velocipedse")).toEqual({ hits: [], total: 0, corrections: [] });
});

test("those who could see a page are told when it is hidden, and nobody else", async () => {
  await using base = await baseWithStuckIndex();
  base.folder.write("bonus.md", restricted);
  await base.store.refresh();
  const told: string[] = [];
  base.store.onChanged(({ concerns }) => {
    for (const group of ["hr", "legal"]) if (concerns({ groups: [group] })) told.push(group);
  });
  base.stick();
  base.folder.write("bonus.md", restricted.replace("hr", "legal"));
  await expect(base.store.refresh()).rejects.toThrow();
  expect(told).toEqual(["hr"]);
});

test("an index that another program holds hides what changes meanwhile, without being asked, and heals when it is let go", async () => {
  await using base = await baseWithStuckIndex({ pollMs: 20 });
  base.other.exec("BEGIN IMMEDIATE");
  let noticed = base.nextNotice();
  base.folder.write("bonus.md", restricted);
  await noticed;
  expect(base.notices.at(-1)).toMatch(/another program holds it.*bonus\.md\. Wait for the other program/);
  expect((await base.store.search("zebrasalary")).hits).toEqual([]);
  noticed = base.nextNotice();
  base.other.exec("COMMIT");
  await noticed;
  expect(base.notices.at(-1)).toBe("The index is up to date again.");
  expect((await base.store.search("zebrasalary", { reader: { groups: ["hr"] } })).hits[0]?.path).toBe("bonus.md");
});

test.each(["its file", "its folder"])("an index is made anew when %s was taken away under a running server", async (what) => {
  await using base = await baseWithStuckIndex();
  base.other.close();
  if (what === "its file") for (const suffix of ["", "-wal", "-shm"]) rmSync(base.index + suffix, { force: true });
  else rmSync(base.folder.cacheDir, { recursive: true });
  base.folder.write("bonus.md", restricted);
  await base.store.refresh();
  expect((await base.store.search("zebrasalary")).hits).toEqual([]);
  expect((await base.store.search("lunch")).hits[0]?.path).toBe("lunch.md");
  expect((await base.store.search("zebrasalary", { reader: { groups: ["hr"] } })).hits[0]?.path).toBe("bonus.md");
  base.other.open();
});

test("pages that change are hidden, too, while another program holds the index that is made anew", async () => {
  await using base = await baseWithStuckIndex({ pollMs: 20 });
  base.other.close();
  for (const suffix of ["", "-wal", "-shm"]) rmSync(base.index + suffix, { force: true });
  const [, key] = /knowledge-(\w+)-v\d+\.sqlite$/.exec(base.index)!;
  const { database } = openIndexFile(base.folder.cacheDir, key!);
  database.exec("BEGIN IMMEDIATE");
  await base.nextNotice();
  const noticed = base.nextNotice();
  base.folder.write("bonus.md", restricted);
  await noticed;
  expect(base.notices.at(-1)).toMatch(/another program holds it.*bonus\.md/);
  expect((await base.store.search("zebrasalary")).hits).toEqual([]);
  expect((await base.store.search("lunch")).hits[0]?.path).toBe("lunch.md");
  database.close();
  base.other.open();
});

test.skipIf(process.platform === "win32")(
  "the doctor names an index that a limit on file sizes keeps from being written",
  async () => {
    using folder = folderWith({
      ...files,
      "long.md": `# Long\n\n${Array.from({ length: 4_000 }, (_, i) => `word${i}`).join(" ")}`,
    });
    const sources = [{ path: folder.path }];
    await (await openKnowledge({ sources, cacheDir: join(folder.cacheDir, "knowledge"), watch: false }))[Symbol.asyncDispose]();
    folder.write("bonus.md", restricted);
    const env = {
      PATH: process.env.PATH!,
      HOME: folder.root,
      LECTERN_CACHE_DIR: folder.cacheDir,
      LECTERN_STATE_DIR: folder.root,
    };
    const main = join(import.meta.dirname, "../../src/cli/main.ts");
    const command = `ulimit -f 80; exec '${process.execPath}' '${main}' doctor --emulator --json --source '${folder.path}'`;
    const said = await new Promise<string>((resolve) => {
      execFile("sh", ["-c", command], { cwd: folder.root, env }, (_error, stdout) => resolve(stdout));
    });
    const { checks } = JSON.parse(said) as { checks: { id: string; status: string; cause: string }[] };
    expect(checks.find(({ id }) => id === "knowledge")).toMatchObject({
      status: "fail",
      cause: expect.stringMatching(/cannot be written.*limit on file sizes.*hidden.*\[knowledge-index-stuck\]/),
    });
  },
);

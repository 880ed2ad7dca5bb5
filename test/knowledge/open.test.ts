import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openKnowledge } from "../../src/knowledge/index.ts";
import { folderWith, storeWith } from "./support.ts";

test("the index is a file for its user only, in the cache folder and never beside the source", async () => {
  await using base = await storeWith({ "a.md": "# A\n\nText." });
  const made = readdirSync(base.folder.cacheDir).filter((name) => name.endsWith(".sqlite"));
  expect(made).toHaveLength(1);
  expect(statSync(join(base.folder.cacheDir, made[0]!)).mode & 0o777).toBe(0o600);
  expect(readdirSync(base.folder.path)).toEqual(["a.md"]);
});

test("a base opened again answers from the same index", async () => {
  using folder = folderWith({ "a.md": "# Lunch\n\nServed at noon." });
  const open = () => openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir });
  await (await open())[Symbol.asyncDispose]();
  await using again = await open();
  expect((await again.search("lunch")).hits[0]?.text).toContain("noon");
});

test("a changed file is read again and a deleted one is gone", async () => {
  await using base = await storeWith({ "a.md": "# Lunch\n\nServed at noon.", "b.md": "# Parking\n\nBehind the house." });
  base.folder.write("a.md", "# Lunch\n\nServed at one o'clock from now on.");
  await base.store.refresh();
  expect((await base.store.search("lunch")).hits[0]?.text).toContain("one o'clock");
});

test("one unusable file is named and skipped, the others are served", async () => {
  await using base = await storeWith({
    "good.md": "# Good\n\nFine.",
    "faq.json": "[{",
    "blob.md": new Uint8Array([35, 0, 1, 2, 0]),
  });
  expect(base.store.problems()).toMatchObject([
    { path: "blob.md", reason: "is binary, not text" },
    { path: "faq.json", reason: "is not valid JSON" },
  ]);
  expect(base.store.counts().documents).toBe(1);
});

test("a base whose every page is for some groups only is opened, and shown to those groups", async () => {
  await using base = await storeWith({ "pay.md": "---\ngroups: [hr]\n---\n# Pay\n\nPay day is the 25th." });
  expect(base.store.counts().documents).toBe(0);
  expect(base.store.counts({ everybody: true }).documents).toBe(1);
  expect((await base.store.search("pay day")).hits).toEqual([]);
  expect((await base.store.search("pay day", { reader: { groups: ["hr"] } })).hits).toHaveLength(1);
});

test("a base of which nobody may see a page is an error that names them", async () => {
  using folder = folderWith({ "pay.md": "---\ngroups: {hr: yes}\n---\n# Pay\n\nPay day is the 25th." });
  const opening = openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir });
  await expect(opening).rejects.toMatchObject({ code: "config", message: expect.stringContaining("pay.md") });
});

test("the folder for the index is made with those above it, for the user only", async () => {
  using folder = folderWith({ "a.md": "# A\n\nText." });
  const cacheDir = join(folder.root, "a", "b", "c");
  await using _store = await openKnowledge({ sources: [{ path: folder.path }], cacheDir });
  expect(statSync(cacheDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder.root, "a")).mode & 0o777).toBe(0o700);
});

test.runIf(process.platform === "linux")("an index folder that cannot be made is an error, never an endless wait", async () => {
  using folder = folderWith({ "a.md": "# A\n\nText." });
  const opening = openKnowledge({ sources: [{ path: folder.path }], cacheDir: "/proc/lectern/cache" });
  await expect(opening).rejects.toMatchObject({ code: "config", fix: expect.stringContaining("LECTERN_CACHE_DIR") });
});

test("a disk that takes no more is an error that says so", () => {
  const words = Array.from({ length: 20_000 }, (_, i) => `word${i}`).join(" ");
  using folder = folderWith({ "a.md": `# A\n\n${words}` });
  const store = new URL("../../src/knowledge/index.ts", import.meta.url).href;
  const options = JSON.stringify({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir, watch: false });
  const script = `await (await import("${store}")).openKnowledge(${options}).catch(({ code, message }) => console.log(code, message))`;
  // Files of at most 100 blocks stand for the full disk.
  const command = 'ulimit -f 100; exec "$0" --input-type=module -e "$1"';
  const { stdout } = spawnSync("bash", ["-c", command, process.execPath, script], { encoding: "utf8" });
  expect(stdout).toMatch(/^config The index .* cannot be written: the disk/);
  expect(readdirSync(folder.cacheDir).filter((name) => name.endsWith(".new"))).toEqual([]);
});

test("an empty base is an error that says what to do", async () => {
  using folder = folderWith({ "broken.json": "{" });
  await expect(openKnowledge({ sources: [{ path: folder.path }], cacheDir: folder.cacheDir })).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining("broken.json is not valid JSON"),
    fix: expect.stringContaining("--source"),
  });
});

test("a source that does not exist is an error that names it", async () => {
  using folder = folderWith({});
  await expect(
    openKnowledge({ sources: [{ path: join(folder.path, "nowhere") }], cacheDir: folder.cacheDir }),
  ).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining("nowhere"),
  });
});

// The knowledge engine at about 10,000 passages, each figure beside its bar (issue: speed); used by run.mjs. `node bench/knowledge.mjs` alone
// prints the same. Needs `npm run build`. Each figure is taken in a process of its own.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bigQuestions, writeBigBase } from "./big-base.mjs";

const self = fileURLToPath(import.meta.url);
const binary = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const questions = 500;
const starts = 7;
const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** Index, then questions one after another: what each costs in CPU time, as `node knowledge.mjs worker FOLDER CACHE`. */
async function work(path, cacheDir) {
  const { openKnowledge } = await import("../dist/knowledge/index.js");
  const begin = performance.now();
  const store = await openKnowledge({ sources: [{ name: "big", path }], cacheDir, watch: false });
  const indexMs = performance.now() - begin;
  const { chunks } = store.counts();
  const cpu = () => process.cpuUsage().user + process.cpuUsage().system;
  const [warm, ...asked] = [bigQuestions(50), ...bigQuestions(questions)];
  for (const question of warm) await store.search(question);
  const costs = [];
  for (const question of asked) {
    const before = cpu();
    await store.search(question);
    costs.push((cpu() - before) / 1000);
  }
  await store[Symbol.asyncDispose]();
  process.stdout.write(JSON.stringify({ chunks, indexMs, costs }));
}

/** A server on the ready index, over stdio: time to the list of tools, then its memory after some searches. */
async function serve(folder, cache, searches) {
  const begin = performance.now();
  const env = { ...process.env, LECTERN_CACHE_DIR: cache };
  const args = [binary, "knowledge", "serve", "--source", `big=${folder}`];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"], env });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const waiting = new Map();
  let rest = "";
  child.stdout.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const reply of lines.map((line) => JSON.parse(line))) waiting.get(reply.id)?.(reply);
  });
  let id = 0;
  const rpc = (method, params) =>
    new Promise((resolve) => {
      waiting.set(++id, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    });
  await rpc("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } });
  await rpc("tools/list", {});
  const startMs = performance.now() - begin;
  for (const query of bigQuestions(searches)) await rpc("tools/call", { name: "search_knowledge_base", arguments: { query } });
  const rssMb = searches > 0 ? await residentMb(child.pid) : 0;
  child.stdin.end();
  await exited;
  return { startMs, rssMb };
}

async function residentMb(pid) {
  if (process.platform === "linux") return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return Number(stdout) / 1024;
}

/** Rows of { title, value, unit, bar }. */
export async function measureKnowledge() {
  const root = mkdtempSync(join(tmpdir(), "lectern-bench-"));
  const [folder, cache] = [join(root, "base"), join(root, "cache")];
  mkdirSync(folder);
  try {
    writeBigBase(folder);
    const run = [self, "worker", folder, join(cache, "knowledge")];
    const { stdout } = await promisify(execFile)(process.execPath, run, { timeout: 120_000, maxBuffer: 2 ** 24 });
    const { chunks, indexMs, costs } = JSON.parse(stdout);
    const begun = [];
    for (let i = 0; i < starts; i++) begun.push((await serve(folder, cache, 0)).startMs);
    const { rssMb } = await serve(folder, cache, 200);
    return [
      { title: `index ${chunks} passages`, value: indexMs / 1000, unit: "s", bar: 5 },
      { title: "query CPU p50", value: quantile(costs, 0.5), unit: "ms", bar: 5 },
      { title: "query CPU p99", value: quantile(costs, 0.99), unit: "ms", bar: 15 },
      { title: "stdio spawn to tools/list", value: quantile(begun, 0.5), unit: "ms", bar: 200 },
      { title: "server RSS after 200 queries", value: rssMb, unit: "MB", bar: 120 },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** One row as text. */
export const knowledgeRow = ({ title, value, unit, bar }) =>
  `${title.padEnd(28)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(2)}   bar ${String(bar).padStart(3)} ${unit.padEnd(2)}   ${value < bar ? "ok" : "OVER"}\n`;

if (process.argv[1] === self) {
  if (process.argv[2] === "worker") await work(process.argv[3], process.argv[4]);
  else for (const row of await measureKnowledge()) process.stdout.write(knowledgeRow(row));
}

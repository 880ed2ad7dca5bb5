// Measures Lectern against its own floor in interleaved rounds; used by run.mjs and check.mjs.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const contenders = { floor: pathToFileURL(join(here, "floor.mjs")).href, lectern: pathToFileURL(join(here, "lectern.mjs")).href };
const suites = {
  cold: { title: "cold: start to answer", mode: { mode: "cold" }, figures: ["processMs", "cpuMs"] },
  turn: { title: "warm turn", mode: { mode: "turn", turns: 200, concurrency: 1 }, figures: ["cpuMs", "p50Ms", "firstMs"] },
  conversations: { title: "64 conversations", mode: { mode: "turn", turns: 640, concurrency: 64 }, figures: ["cpuMs", "rssMb"] },
};
export const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Rows of { title, figure, floor, lectern }, medians over the rounds. */
export async function measureAll({ rounds, suites: wanted = Object.keys(suites), onRow = () => {} }) {
  if (!existsSync(join(root, "dist/index.js"))) throw new Error("dist/ is missing; run npm run build first");
  const cache = mkdtempSync(join(tmpdir(), "lectern-bench-"));
  const mcp = serverCommand(cache);
  const fake = spawn(process.execPath, [join(here, "fake-azure.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const { port } = JSON.parse(await new Promise((resolve) => fake.stdout.once("data", (line) => resolve(String(line)))));
    const cfg = { endpoint: `http://127.0.0.1:${port}`, apiKey: "k", deployment: "d", api: "responses", mcp };
    await measure("lectern", { mode: "cold" }, cfg); // builds the index once
    const rows = [];
    for (const name of wanted) {
      const { title, mode, figures } = suites[name];
      const seen = { floor: [], lectern: [] };
      for (let round = 0; round < rounds; round++)
        for (const who of round % 2 ? ["lectern", "floor"] : ["floor", "lectern"]) seen[who].push(await measure(who, mode, cfg));
      for (const figure of figures) {
        const row = {
          title,
          figure,
          floor: median(seen.floor.map((run) => run[figure])),
          lectern: median(seen.lectern.map((run) => run[figure])),
        };
        rows.push(row);
        onRow(row);
      }
    }
    return rows;
  } finally {
    fake.stdin.end();
    rmSync(cache, { recursive: true, force: true });
  }
}

/** The knowledge server on the sample handbook, with its index in `cache`. */
export function serverCommand(cache) {
  const args = [join(root, "dist/cli/main.js"), "knowledge", "serve", "--source", join(root, "data/handbook")];
  return { command: process.execPath, args, env: { LECTERN_CACHE_DIR: cache } };
}

async function measure(name, mode, cfg) {
  const begin = performance.now();
  const env = { ...process.env, ...cfg.mcp.env };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(here, "worker.mjs"), contenders[name], JSON.stringify({ ...mode, cfg })],
    { timeout: 120_000, env },
  );
  return { ...JSON.parse(stdout), processMs: performance.now() - begin };
}

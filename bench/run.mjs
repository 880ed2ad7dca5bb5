// npm run bench [-- --rounds N]: what Lectern costs against its own floor, on this machine. Needs `npm run build`. Ratios of interleaved rounds.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
if (!existsSync(join(root, "dist/index.js"))) {
  process.stderr.write("bench: dist/ is missing; run npm run build first\n");
  process.exit(2);
}
const at = process.argv.indexOf("--rounds");
const rounds = at < 0 ? 5 : Number(process.argv[at + 1]);
const cache = mkdtempSync(join(tmpdir(), "lectern-bench-"));
process.env.LECTERN_CACHE_DIR = cache;
const mcp = {
  command: process.execPath,
  args: [join(root, "dist/cli/main.js"), "knowledge", "serve", "--source", join(root, "data/handbook")],
  env: { LECTERN_CACHE_DIR: cache },
};
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const fake = spawn(process.execPath, [join(here, "fake-azure.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
const { port } = JSON.parse(await new Promise((resolve) => fake.stdout.once("data", (line) => resolve(String(line)))));
const cfg = { endpoint: `http://127.0.0.1:${port}`, apiKey: "k", deployment: "d", api: "responses", mcp };
const contenders = { floor: pathToFileURL(join(here, "floor.mjs")).href, lectern: pathToFileURL(join(here, "lectern.mjs")).href };

async function measure(name, mode) {
  const begin = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(here, "worker.mjs"), contenders[name], JSON.stringify({ ...mode, cfg })],
    { timeout: 120_000 },
  );
  return { ...JSON.parse(stdout), processMs: performance.now() - begin };
}

async function compare(title, mode, figures) {
  const seen = { floor: [], lectern: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 ? ["lectern", "floor"] : ["floor", "lectern"]) seen[name].push(await measure(name, mode));
  for (const figure of figures) {
    const [floor, lectern] = ["floor", "lectern"].map((name) => median(seen[name].map((run) => run[figure])));
    process.stdout.write(
      `${title.padEnd(28)} ${figure.padEnd(10)} floor ${floor.toFixed(2).padStart(8)}   lectern ${lectern.toFixed(2).padStart(8)}   ratio ${(lectern / floor).toFixed(2)}\n`,
    );
  }
}

/** The knowledge server: spawn to tools/list, then searches over one connection. */
async function knowledge() {
  const starts = [];
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const child = spawn(mcp.command, mcp.args, { stdio: ["pipe", "pipe", "ignore"] });
    const replies = new Map();
    let rest = "";
    child.stdout.on("data", (chunk) => {
      rest += chunk;
      for (let i = rest.indexOf("\n"); i >= 0; i = rest.indexOf("\n")) {
        const reply = JSON.parse(rest.slice(0, i));
        rest = rest.slice(i + 1);
        replies.get(reply.id)?.(reply);
      }
    });
    let id = 0;
    const rpc = (method, params) =>
      new Promise((resolve) => {
        replies.set(++id, resolve);
        child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      });
    await rpc("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } });
    await rpc("tools/list", {});
    starts.push(performance.now() - begin);
    for (let i = 0; i < 50; i++) {
      const start = performance.now();
      await rpc("tools/call", {
        name: "search_knowledge_base",
        arguments: { query: ["vacation days", "expense report", "lost laptop", "parental leave", "vpn"][i % 5] },
      });
      if (i >= 10) times.push(performance.now() - start);
    }
    child.stdin.end();
    await new Promise((resolve) => child.once("exit", resolve));
  }
  process.stdout.write(
    `${"knowledge server".padEnd(28)} spawn to tools/list ${median(starts).toFixed(0)} ms, search ${median(times).toFixed(2)} ms (wall, sample handbook)\n`,
  );
}

try {
  process.stdout.write(`${cpus().length} x ${cpus()[0].model}, Node ${process.version}, ${rounds} rounds, medians\n`);
  await knowledge();
  await compare("cold: start to answer", { mode: "cold" }, ["processMs", "cpuMs"]);
  await compare("warm turn", { mode: "turn", turns: 200, concurrency: 1 }, ["cpuMs", "p50Ms", "firstMs"]);
  await compare("64 conversations", { mode: "turn", turns: 640, concurrency: 64 }, ["cpuMs", "rssMb"]);
} finally {
  fake.stdin.end();
  rmSync(cache, { recursive: true, force: true });
}

// npm run bench [-- --rounds N]: what Lectern costs against its own floor, on this machine. Needs `npm run build`. Ratios of interleaved rounds.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { measureAll, median, serverCommand } from "./measure.mjs";

const at = process.argv.indexOf("--rounds");
const rounds = at < 0 ? 5 : Number(process.argv[at + 1]);

/** The knowledge server: spawn to tools/list, then searches over one connection. */
async function knowledge() {
  const cache = mkdtempSync(join(tmpdir(), "lectern-bench-"));
  const mcp = serverCommand(cache);
  const starts = [];
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const child = spawn(mcp.command, mcp.args, { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ...mcp.env } });
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
  rmSync(cache, { recursive: true, force: true });
  process.stdout.write(
    `${"knowledge server".padEnd(28)} spawn to tools/list ${median(starts).toFixed(0)} ms, search ${median(times).toFixed(2)} ms (wall, sample handbook)\n`,
  );
}

process.stdout.write(`${cpus().length} x ${cpus()[0].model}, Node ${process.version}, ${rounds} rounds, medians\n`);
await knowledge();
const show = ({ title, figure, floor, lectern }) =>
  process.stdout.write(
    `${title.padEnd(28)} ${figure.padEnd(10)} floor ${floor.toFixed(2).padStart(8)}   lectern ${lectern.toFixed(2).padStart(8)}   ratio ${(lectern / floor).toFixed(2)}\n`,
  );
await measureAll({ rounds, onRow: show });

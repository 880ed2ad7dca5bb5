// Runs the official conformance suite against our host: both requirement sets, then everything. Exits 1 where a required check fails.
// node test/peers/run-client-conformance.mjs [--all]      about 40 s on two cores; needs `npm ci` in test/peers
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const suite = resolve(here, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
const command = `${process.execPath} ${resolve(here, "conformance-client.ts")}`;
const out = mkdtempSync(join(tmpdir(), "lectern-conformance-"));

function run(name, args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [suite, "client", "--command", command, "--timeout", "90000", ...args, "-o", join(out, name)], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.once("close", (code) => {
      const lines = text.split("\n");
      const scenarios = lines.filter((line) => /^[✓✗] /.test(line));
      const red = scenarios.filter((line) => line.startsWith("✗"));
      const total = lines.find((line) => line.startsWith("Total:")) ?? "no total";
      console.log(`${name}: ${scenarios.length - red.length}/${scenarios.length} scenarios, ${total.slice(7)}, exit ${code}`);
      for (const line of red) console.log(`  ${line}`);
      done(code === 0);
    });
  });
}

const results = [];
for (const revision of ["2025-11-25", "2026-07-28"]) results.push(await run(`required by ${revision}`, ["--requirements", revision]));
if (process.argv.includes("--all")) results.push(await run("whole suite", ["--suite", "all"]));
rmSync(out, { recursive: true, force: true });
process.exitCode = results.every(Boolean) ? 0 : 1;

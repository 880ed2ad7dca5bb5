// Runs the official conformance suite against our host: both requirement sets, with --all everything. Exits 1 where a scenario stays red.
// node test/peers/run-client-conformance.mjs [--all]      30 to 60 s on two idle cores; needs `npm ci` in test/peers
// The suite starts all scenarios at the same time. On a busy machine its own servers then come too late, so red ones are tried again alone.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const suite = resolve(here, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
const command = `${process.execPath} ${resolve(here, "conformance-client.ts")}`;
const out = mkdtempSync(join(tmpdir(), "lectern-conformance-"));
let runs = 0;

function run(args) {
  return new Promise((done) => {
    const all = [suite, "client", "--command", command, "--timeout", "90000", ...args, "-o", join(out, String(++runs))];
    const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.once("close", (code) => done({ ok: code === 0, lines: text.split("\n") }));
  });
}

async function report(name, args, alone) {
  const { lines } = await run(args);
  const scenarios = lines.filter((line) => /^[✓✗] /.test(line));
  const red = scenarios.filter((line) => line.startsWith("✗")).map((line) => line.slice(2, line.indexOf(":")));
  const stayed = [];
  for (const scenario of red) if (!(await run(["--scenario", scenario, ...alone])).ok) stayed.push(scenario);
  const total = lines.find((line) => line.startsWith("Total:"))?.slice(7) ?? "no total";
  const again = red.length > 0 ? `; ${red.length - stayed.length} of ${red.length} red ones passed alone` : "";
  console.log(`${name}: ${scenarios.length - stayed.length}/${scenarios.length} scenarios, ${total}${again}`);
  for (const scenario of stayed) console.log(`  red: ${scenario}`);
  return stayed.length === 0 && scenarios.length > 0;
}

const results = [];
for (const revision of ["2025-11-25", "2026-07-28"]) {
  results.push(await report(`required by ${revision}`, ["--requirements", revision], ["--spec-version", revision]));
}
if (process.argv.includes("--all")) results.push(await report("whole suite", ["--suite", "all"], []));
rmSync(out, { recursive: true, force: true });
process.exitCode = results.every(Boolean) ? 0 : 1;

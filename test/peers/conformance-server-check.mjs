// The official conformance suite against our own HTTP, session and auth layers, both requirement sets:
// node test/peers/conformance-server-check.mjs; exit code 1 where a required check fails. About 10 seconds.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serveTools } from "../../src/serve/serve-tools.ts";
import { conformanceApp } from "../support/conformance-app.ts";

const suite = join(import.meta.dirname, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
const run = promisify(execFile);

/** Statuses of all checks of a run, by scenario. */
function countChecks(folder) {
  const counts = { SUCCESS: 0, FAILURE: 0, WARNING: 0, scenarios: 0 };
  for (const scenario of readdirSync(folder)) {
    counts.scenarios++;
    for (const { status } of JSON.parse(readFileSync(join(folder, scenario, "checks.json"), "utf8"))) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

await using serving = await serveTools({ server: conformanceApp() });
for (const revision of ["2025-11-25", "2026-07-28"]) {
  const folder = mkdtempSync(join(tmpdir(), "lectern-conformance-"));
  const args = [suite, "server", "--url", serving.url, "--requirements", revision, "-o", folder];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }).catch((failed) => {
    process.exitCode = 1;
    return failed;
  });
  const required = stdout.split("\n").filter((line) => /^✗/.test(line));
  const { scenarios, SUCCESS, FAILURE, WARNING } = countChecks(folder);
  process.stdout.write(`${revision}: ${process.exitCode === 1 ? "FAILED" : "all required checks pass"}; `);
  process.stdout.write(`${scenarios} scenarios, ${SUCCESS} checks passed, ${FAILURE} failed, ${WARNING} warnings (optional ones included)\n`);
  for (const line of required) process.stdout.write(`  ${line}\n`);
  rmSync(folder, { recursive: true });
}

// Counts server processes left behind: (honours end of input | stubborn) x (direct | behind a shell | behind npx) x (close | SIGTERM | SIGKILL of the host).
// node test/peers/run-orphan-matrix.mjs     about 20 s; exits 1 where one is left that must not be. Only pids it was told of are looked at and ended.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const here = import.meta.dirname;
const host = resolve(here, "orphan-host.ts");
const server = resolve(here, "../mcp/servers/stdio-server.mjs");
const wrappers = {
  direct: (args) => [process.execPath, server, ...args],
  shell: (args) => ["sh", "-c", `"${process.execPath}" "${server}" ${args.join(" ")}; true`],
  npx: (args) => ["npx", "-c", `"${process.execPath}" "${server}" ${args.join(" ")}`],
};
const kinds = ["honours", "stubborn"];
const ends = ["close", "SIGTERM", "SIGKILL"];

function isRunning(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function run(kind, wrapper, end) {
  const mode = kind === "honours" ? ["good"] : ["stubborn"];
  const child = spawn(process.execPath, [host, ...wrappers[wrapper](mode)], { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise((done) => child.stdout.once("data", (data) => done(String(data))));
  const { pid } = JSON.parse(JSON.parse(line).pids);
  const gone = new Promise((done) => child.once("exit", done));
  if (end === "close") child.stdin.write("close\n");
  else child.kill(end);
  await gone;
  for (let waited = 0; waited < 2_000 && isRunning(pid); waited += 50) await new Promise((done) => setTimeout(done, 50));
  const left = isRunning(pid);
  if (left) process.kill(pid, "SIGKILL");
  return left;
}

let wrong = 0;
for (const wrapper of Object.keys(wrappers)) {
  for (const kind of kinds) {
    for (const end of ends) {
      const left = await run(kind, wrapper, end);
      // A host that is killed outright cannot end anything; servers that honour the end of their input leave by themselves.
      const allowed = end === "SIGKILL" && kind === "stubborn";
      if (left && !allowed) wrong += 1;
      console.log(`${kind.padEnd(9)} ${wrapper.padEnd(7)} ${end.padEnd(8)} ${left ? (allowed ? "left (nothing could end it)" : "LEFT") : "gone"}`);
    }
  }
}
console.log(`${wrong} left behind`);
process.exitCode = wrong === 0 ? 0 : 1;

#!/usr/bin/env node
// As a whole: a name that an older Node's module lacks would end it with a syntax error before anything can be said.
import nodeModule from "node:module";

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `lectern: Node 24 or newer is needed; this is ${process.versions.node}.\n  fix: Install Node 24: https://nodejs.org\n`,
  );
  process.exit(3);
}

// Before anything is loaded, so that Ctrl-C ends every command in the same way, however early it comes.
const controller = new AbortController();
let interrupts = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    // The second Ctrl-C does not wait for a clean end.
    if (++interrupts > 1) process.exit(130);
    controller.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  });
}
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that went away (`lectern ask | head -1`) is no fault of ours; a full disk is nobody's wish. Server processes end with this one.
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`lectern: standard output cannot be written: ${error.message}\n  fix: Free space, or write elsewhere.\n`);
  process.exit(1);
});
// Nobody reads what is said beside the answer: no reason not to give the answer.
process.stderr.on("error", () => {});

// Compiled code and stripped types are kept between runs (about a third of the start).
nodeModule.enableCompileCache();
const { runCli } = await import("./run.ts");
const code = await runCli(process.argv.slice(2), { signal: controller.signal });
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
);
process.exit(code);

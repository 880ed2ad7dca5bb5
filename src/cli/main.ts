#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Before any other module is loaded: compiled code and stripped types are kept between runs (about a third of the start).
enableCompileCache();
const { runCli } = await import("./run.ts");

const controller = new AbortController();
let interrupts = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    // The second Ctrl-C does not wait for a clean end.
    if (++interrupts > 1) process.exit(130);
    controller.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  });
}
// A reader that went away (`lectern ask | head -1`) is no fault of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const code = await runCli(process.argv.slice(2), { signal: controller.signal });
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
);
process.exit(code);

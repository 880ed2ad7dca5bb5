// A small host for the orphan matrix: connects one stdio server, prints the pids it runs under, and then waits to be ended.
// It ends its servers on SIGTERM and on "close" from its input, as the command line does.
import { createToolbox } from "../../src/mcp/index.ts";

const [command = "", ...args] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
const toolbox = await createToolbox({ s: { type: "stdio", command, args } }, { baseEnv: process.env, shutdown: { graceMs: 300, termMs: 300 } });
const [state] = toolbox.servers();
const pids = await toolbox.call({ id: "1", name: "s__pid", arguments: "{}" });
const block = pids.content[0];
process.stdout.write(`${JSON.stringify({ state, pids: block?.type === "text" ? block.text : null })}\n`);
process.stdin.once("data", () => stop.abort());
await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
await toolbox[Symbol.asyncDispose]();
process.exit(0);

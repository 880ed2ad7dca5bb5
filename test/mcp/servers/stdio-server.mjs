// A small MCP server on stdio for tests, good or odd by mode. Speaks the legacy revision, and the modern one in mode "modern".
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [mode = "good", ...args] = process.argv.slice(2);
const write = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const tools = [
  { name: "echo", description: "Echoes text", inputSchema: { type: "object", properties: { text: { type: "string" } } } },
  { name: "pid", description: "Tells process ids", inputSchema: { type: "object" } },
  { name: "env", description: "Tells names of variables", inputSchema: { type: "object" } },
  { name: "die", description: "Ends the server", inputSchema: { type: "object" } },
];
// In mode "says" the first tool is described in the words given.
if (mode === "says") tools[0].description = args.join(" ");
let helper;

if (mode === "dies") {
  process.stderr.write("\u001b[31mstarting\u001b[0m\nfatal: no database, API_KEY=abcdef123456\n");
  process.exit(3);
}
if (mode === "stubborn" || args.includes("stubborn")) {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
  setInterval(() => {}, 1000);
}
if (mode === "helper") {
  helper = spawn(process.execPath, ["-e", "process.on('SIGTERM',()=>{});setInterval(()=>{},1000)"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}
if (mode === "noisy") {
  process.stdout.write("Welcome!\n{not json}\n\n[1,2\n");
  process.stderr.write("x".repeat(1_000_000));
}

const answers = {
  echo: ({ text }) => String(text),
  pid: () => JSON.stringify({ pid: process.pid, helper: helper?.pid ?? null }),
  env: () => JSON.stringify(Object.keys(process.env)),
  die: () => process.exit(7),
};

function answer({ id, method, params }) {
  if (method === "server/discover") {
    if (mode === "exits-on-probe") process.exit(1);
    if (mode === "ignores-probe") return;
    if (mode !== "modern") return write({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
    const result = {
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      ttlMs: 0,
      cacheScope: "private",
    };
    return write({ jsonrpc: "2.0", id, result });
  }
  if (method === "initialize") {
    const { protocolVersion } = params;
    return write({
      jsonrpc: "2.0",
      id,
      result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "fixture", version: "1" } },
    });
  }
  if (method === "tools/list")
    return write({ jsonrpc: "2.0", id, result: { resultType: "complete", tools, ttlMs: 0, cacheScope: "private" } });
  if (method === "tools/call") {
    if (mode === "mute") return;
    if (mode === "big")
      return write({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "x".repeat(20_000_000) }] } });
    const text = answers[params.name](params.arguments ?? {});
    return write({ jsonrpc: "2.0", id, result: { resultType: "complete", content: [{ type: "text", text }] } });
  }
  if (id !== undefined) write({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => answer(JSON.parse(line)));
input.on("close", () => {
  if (mode !== "stubborn" && !args.includes("stubborn")) process.exit(0);
});

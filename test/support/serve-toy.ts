import { parseArgs } from "node:util";
import { serveTools } from "../../src/serve/serve-tools.ts";
import { toyApp } from "./toy-app.ts";

// Serves the toy app over HTTP for black-box drivers: `node test/support/serve-toy.ts --port 3000`.
const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const serving = await serveTools({ server: toyApp(), http: { port: Number(values.port) } });
process.stderr.write(`${JSON.stringify({ ready: true, url: serving.url })}\n`);
process.once("SIGTERM", () => void serving.close());

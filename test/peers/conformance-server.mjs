// Serves the conformance suite's fixture through our own HTTP, session and auth layers:
// node test/peers/conformance-server.mjs [PORT]; the ready line on stderr is JSON with the url.
import { serveTools } from "../../src/serve/serve-tools.ts";
import { conformanceApp } from "../support/conformance-app.ts";

const serving = await serveTools({ server: conformanceApp(), http: { port: Number(process.argv[2] ?? 0) } });
process.stderr.write(`${JSON.stringify({ ready: true, url: serving.url })}\n`);
process.once("SIGTERM", () => void serving.close());
process.once("SIGINT", () => void serving.close());

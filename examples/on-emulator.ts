// Runs an example with no account: starts the Azure OpenAI emulator, names it in the usual variables, and ends it with the example.
// Run: node examples/on-emulator.ts simple-client.ts "your question"
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { startEmulator } from "../src/emulator/index.ts";

const [example = "simple-client.ts", ...args] = process.argv.slice(2);
await using emulator = await startEmulator();
const env = {
  ...process.env,
  AZURE_OPENAI_ENDPOINT: emulator.url,
  AZURE_OPENAI_API_KEY: emulator.key,
  AZURE_OPENAI_DEPLOYMENT_NAME: "default",
};
const child = spawn(process.execPath, [resolve(import.meta.dirname, example), ...args], { stdio: "inherit", env });
const [code] = await once(child, "exit");
process.exitCode = typeof code === "number" ? code : 1;

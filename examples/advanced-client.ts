// The same question on Lectern's library: either credential, retries, logs, a conversation, verified quotes, and nothing left running.
// Run: node examples/advanced-client.ts "your question" "a second one"
// Needs AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME; the key is optional: without one, your Azure identity is used.
// From a checkout the import is the source; in a project that installed the package it is "lectern".
import { fileURLToPath } from "node:url";
import {
  createLectern,
  createLog,
  describeAzureConfig,
  isLecternError,
  loadConfig,
  validateAzureEnvironment,
} from "../src/index.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const asked = process.argv.slice(2);
const questions = asked.length > 0 ? asked : ["What is our company's vacation policy?", "How do I report a security incident?"];

// Ctrl-C stops the model call, the tools and the server process.
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

async function main(): Promise<number> {
  // Flags > environment > .env > lectern.config.json > defaults; a bad value is an error that names where it came from.
  const config = await loadConfig({ env: process.env, cwd: process.cwd() });
  const { ok, message } = validateAzureEnvironment(config.env);
  if (!ok) {
    console.error(message);
    return 3;
  }
  // An API key where there is one, else Entra ID: az login, service principal, workload or managed identity. LECTERN_AUTH=entra or =key
  // decides where both are there. The summary holds no secret.
  console.error("azure", describeAzureConfig(config));

  // Owns the knowledge server's process and every socket; leaving this block closes them, whatever happens.
  await using lectern = await createLectern({
    config,
    sources: [here("../data/kb.json"), here("../data/handbook")],
    // JSON lines on stderr, with the turn's id, secrets redacted. Questions and texts appear at "debug" only.
    log: await createLog({ level: config.logLevel }),
    signal: stop.signal,
  });
  console.error(
    `tools: ${lectern
      .tools()
      .map((tool) => tool.tool)
      .join(", ")}`,
  );

  // One conversation: the second question may refer to the first.
  const chat = lectern.chat();
  for (const question of questions) {
    console.log(`\n> ${question}`);
    for await (const event of chat.ask(question, { signal: stop.signal })) {
      switch (event.type) {
        case "tool_call":
          console.error(`calling ${event.server}/${event.tool} ${event.arguments}`);
          break;
        case "notice":
          // Retries show here. A model request is retried (4 attempts, Retry-After honoured); a tool is never run twice for it.
          console.error(`notice ${event.code}: ${event.message}`);
          break;
        case "text":
          process.stdout.write(event.delta);
          break;
        case "done":
          console.log(`\n(${event.outcome}, ${event.usage.inputTokens} + ${event.usage.outputTokens} tokens)`);
          for (const { marker, path, line, quote } of event.citations) console.log(`${marker} ${path}:${line} "${quote}"`);
          break;
      }
    }
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!isLecternError(error)) throw error;
  // Every expected failure has a code, what happened, what to do, and the service's id of the request.
  console.error(`${error.code}: ${error.message}\nfix: ${error.fix ?? "-"}\nrequest: ${error.requestId ?? "-"}`);
  process.exitCode = 1;
}

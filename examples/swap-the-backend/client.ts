// One client, three backends: the configuration names where the knowledge lives, and nothing in this file changes with it.
// Run: node examples/swap-the-backend/client.ts json.config.json
//      node examples/swap-the-backend/client.ts markdown.config.json
//      node examples/swap-the-backend/client.ts foreign.config.json
import { fileURLToPath } from "node:url";
import { createLectern } from "../../src/index.ts";

const configFile = fileURLToPath(new URL(process.argv[2] ?? "json.config.json", import.meta.url));
const question = process.argv[3] ?? "How many days of paid vacation do I have?";

await using lectern = await createLectern({ configFile });
for await (const event of lectern.ask(question)) {
  if (event.type === "tool_call") console.log(`call  ${event.server}/${event.tool}`);
  if (event.type === "notice" || event.type === "server") console.error(event);
  if (event.type === "done") {
    console.log(`answer  ${event.answer}`);
    for (const citation of event.citations) console.log(`${citation.marker}  ${citation.uri}  "${citation.quote}"`);
  }
}

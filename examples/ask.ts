// The library in ten lines: one question to a folder, its answer, and the quotes it rests on.
// Run: node examples/ask.ts "your question" ./your-folder      (no account: take `emulator: true` out to ask your Azure OpenAI)
import { fileURLToPath } from "node:url";
import { createLectern } from "../src/index.ts";

const [question = "How long is parental leave?", folder = fileURLToPath(new URL("../data/handbook", import.meta.url))] =
  process.argv.slice(2);

await using lectern = await createLectern({ emulator: true, sources: [folder] });
for await (const event of lectern.ask(question)) {
  if (event.type === "text") process.stdout.write(event.delta);
  if (event.type === "done")
    for (const { marker, path, line, quote } of event.citations) console.log(`\n${marker} ${path}:${line} "${quote}"`);
}

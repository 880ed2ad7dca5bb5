// A plain function as a tool: Lectern serves it in this process over real MCP, and the answer cites what it returned.
// Run: node examples/custom-tool.ts "your question"   (the same environment as advanced-client.ts)
import { createLectern, LecternError, type ServedTool } from "../src/index.ts";

const stock: Readonly<Record<string, number>> = { monitor: 14, keyboard: 3, dock: 0 };

const stockLevel: ServedTool = {
  name: "stock_level",
  description: "How many pieces of an item are in stock at the IT desk.",
  // Arguments are checked against this schema before `call` sees them; what does not fit is told to the model.
  inputSchema: {
    type: "object",
    properties: { item: { type: "string", enum: Object.keys(stock), description: "The item to look up in stock." } },
    required: ["item"],
  },
  annotations: { readOnlyHint: true },
  call: ({ item }) => {
    const pieces = stock[String(item)];
    // The model reads the message and the fix; any other error reaches it as a neutral text without your internals.
    if (pieces === undefined) throw new LecternError("usage", `There is no item "${String(item)}".`, { fix: "Ask for another." });
    return { content: [{ type: "text", text: `There are ${pieces} pieces of ${String(item)} in stock.` }] };
  },
};

await using lectern = await createLectern({ tools: [stockLevel] });
const question = process.argv[2] ?? "How many monitor pieces are in stock at the IT desk?";
for await (const event of lectern.ask(question)) {
  if (event.type === "tool_call") console.log(`call  ${event.tool} ${event.arguments}`);
  if (event.type === "done") {
    console.log(`answer  ${event.answer}`);
    for (const { marker, uri, quote } of event.citations) console.log(`${marker}  ${uri}  "${quote}"`);
  }
}

// An MCP server that shares no code with Lectern: the protocol by hand, a line of JSON each way, and a wiki of three pages.
import { createInterface } from "node:readline";

const pages = [
  "Paid vacation: everybody has 25 days of paid vacation a year.",
  "Remote work: up to 3 days a week, after a talk with your manager.",
  "Expenses: hand in the receipts within 30 days.",
];
const searchWiki = {
  name: "search_wiki",
  description: "Searches the company wiki for pages that hold the words of a query.",
  inputSchema: { type: "object", properties: { query: { type: "string", description: "Words to look for." } }, required: ["query"] },
  annotations: { readOnlyHint: true },
};

function search(query) {
  const words = query.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  const hits = (page) => words.filter((word) => page.toLowerCase().includes(word)).length;
  const most = Math.max(...pages.map(hits));
  return most === 0 ? [] : pages.filter((page) => hits(page) === most);
}

const methods = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "wiki", version: "1.0.0" },
  }),
  "tools/list": () => ({ tools: [searchWiki] }),
  "tools/call": ({ arguments: { query } }) => ({ content: [{ type: "text", text: search(query).join("\n") || "No page holds these words." }] }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = methods[method] ? { result: methods[method](params) } : { error: { code: -32601, message: "Method not found" } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...answer })}\n`);
}

// An Azure OpenAI client of an MCP server, every step in sight: the `openai` package and the official MCP client, nothing of Lectern's.
// Run: node examples/simple-client.ts "your question"   (AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_DEPLOYMENT_NAME, AZURE_OPENAI_API_KEY)
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import OpenAI from "openai";
import type { ResponseInputItem } from "openai/resources/responses/responses";

const { AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_API_KEY: apiKey, AZURE_OPENAI_DEPLOYMENT_NAME: model } = process.env;
if (!endpoint || !apiKey || !model) {
  throw new Error("Set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_DEPLOYMENT_NAME and AZURE_OPENAI_API_KEY.");
}
const question = process.argv[2] ?? "What is our company's vacation policy?";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// 1. Start the MCP server as a child process and connect to it.
const mcp = new Client({ name: "simple-client", version: "1.0.0" });
const sources = ["../data/kb.json", "../data/handbook"].flatMap((path) => ["--source", here(path)]);
const args = [here("../src/cli/main.ts"), "knowledge", "serve", ...sources];
await mcp.connect(new StdioClientTransport({ command: process.execPath, args }));

// 2. List its tools, and convert them to the model's function format.
const { tools: listed } = await mcp.listTools();
const tools = listed.map(({ name, description = "", inputSchema }) => {
  console.log(`tool  ${name}`);
  return { type: "function" as const, name, description, parameters: inputSchema, strict: false };
});

// 3. Ask the model. It answers, or it calls tools; in that case run them, feed the results back and ask again.
const azure = new OpenAI({ baseURL: `${endpoint.replace(/\/$/, "")}/openai/v1/`, apiKey });
const instructions = "Answer only from what the tools return. If that does not answer the question, say so.";
const input: ResponseInputItem[] = [{ role: "user", content: question }];
try {
  for (let round = 1; round <= 5; round++) {
    const reply = await azure.responses.create({ model, instructions, input, tools, store: false });
    const calls = reply.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) {
      console.log(`answer  ${reply.output_text}`);
      break;
    }
    for (const call of calls) {
      // 4. The MCP client sends the call to the server; the result's text goes back to the model under the call's id.
      console.log(`call  ${call.name} ${call.arguments}`);
      const result = await mcp.callTool({ name: call.name, arguments: JSON.parse(call.arguments) });
      const text = result.content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
      console.log(`result  ${text.length} characters`);
      input.push({ type: "function_call", call_id: call.call_id, name: call.name, arguments: call.arguments });
      input.push({ type: "function_call_output", call_id: call.call_id, output: text });
    }
  }
} finally {
  // 5. Closing the client ends the server's process.
  await mcp.close();
}

// The floor: raw node:http and hand-rolled JSON-RPC, no checks, no retries. What a turn costs at least.
import { spawn } from "node:child_process";
import http from "node:http";

export async function open({ endpoint, mcp }) {
  const child = spawn(mcp.command, mcp.args, { stdio: ["pipe", "pipe", "ignore"] });
  const pending = new Map();
  let rest = "";
  let id = 0;
  child.stdout.on("data", (chunk) => {
    rest += chunk;
    for (let i = rest.indexOf("\n"); i >= 0; i = rest.indexOf("\n")) {
      const reply = JSON.parse(rest.slice(0, i));
      rest = rest.slice(i + 1);
      pending.get(reply.id)?.(reply.result);
      pending.delete(reply.id);
    }
  });
  const rpc = (method, params) =>
    new Promise((resolve) => {
      pending.set(++id, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    });
  await rpc("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "floor", version: "1" } });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  const { tools } = await rpc("tools/list", {});
  const toolsJson = JSON.stringify(
    tools.map((tool) => ({
      type: "function",
      name: tool.name,
      description: tool.description,
      parameters: tool.inputSchema,
      strict: false,
    })),
  );
  const { hostname, port } = new URL(endpoint);
  const agent = new http.Agent({ keepAlive: true });
  const post = (json, onEvent) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        {
          hostname,
          port,
          path: "/openai/v1/responses",
          method: "POST",
          agent,
          headers: { "content-type": "application/json", "api-key": "k", "content-length": Buffer.byteLength(json) },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk) => {
            text += chunk;
            let start = 0;
            for (let end = text.indexOf("\n", start); end >= 0; end = text.indexOf("\n", start)) {
              if (text.startsWith("data: ", start)) onEvent(JSON.parse(text.slice(start + 6, end)));
              start = end + 1;
            }
            text = text.slice(start);
          });
          response.on("end", resolve);
        },
      );
      request.on("error", reject).end(json);
    });
  return {
    conversation() {
      const input = [];
      return {
        async ask(question, onToken) {
          input.push(JSON.stringify({ role: "user", content: question }));
          for (;;) {
            let text = "";
            const calls = [];
            await post(`{"model":"d","stream":true,"store":false,"input":[${input.join()}],"tools":${toolsJson}}`, (event) => {
              if (event.type === "response.output_text.delta") {
                text += event.delta;
                onToken(event.delta);
              } else if (event.type === "response.output_item.done" && event.item.type === "function_call")
                calls.push(event.item);
            });
            if (calls.length === 0) {
              input.push(JSON.stringify({ role: "assistant", content: text }));
              return { text };
            }
            for (const call of calls) {
              const result = await rpc("tools/call", { name: call.name, arguments: JSON.parse(call.arguments) });
              input.push(
                JSON.stringify(call),
                JSON.stringify({ type: "function_call_output", call_id: call.call_id, output: result.content[0].text }),
              );
            }
          }
        },
      };
    },
    async close() {
      agent.destroy();
      child.stdin.end();
      await new Promise((resolve) => child.once("exit", resolve));
    },
  };
}

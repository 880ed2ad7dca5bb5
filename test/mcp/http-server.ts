import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isJsonObject, type JsonObject, parseJson } from "../../src/core/json.ts";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Handler = (request: Seen, response: ServerResponse) => void | Promise<void>;

/** An HTTP server on loopback for one test, and what it was asked. */
export async function serveHttp(handler: Handler): Promise<{ url: string; seen: Seen[] } & AsyncDisposable> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const entry = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
    seen.push(entry);
    await handler(entry, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

const readTool = { name: "read", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
const writeTool = { name: "write", inputSchema: { type: "object" } };

/** MCP of the older revision over HTTP, with sessions it forgets when `sessions` is cleared. Tools: `read` (read-only) and `write`. */
export function mcpHandler(
  options: { sessions?: Set<string>; onCall?: (tool: string, response: ServerResponse) => boolean } = {},
): Handler {
  const sessions = options.sessions ?? new Set<string>();
  return ({ method, body, headers }, response) => {
    if (method !== "POST") return void response.writeHead(405).end();
    const message = parseJson(body);
    if (!isJsonObject(message)) return void response.writeHead(400).end();
    const { id } = message;
    const params: JsonObject = isJsonObject(message.params) ? message.params : {};
    const result = (value: unknown, extra = {}): void => sendJson(response, 200, { jsonrpc: "2.0", id, result: value }, extra);
    if (message.method === "initialize") {
      const session = `session-${sessions.size}-${Math.random()}`;
      sessions.add(session);
      const about = { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "http", version: "1" } };
      return result(about, { "mcp-session-id": session });
    }
    if (message.method === "server/discover")
      return sendJson(response, 400, { jsonrpc: "2.0", id, error: { code: -32600, message: "no" } });
    if (!sessions.has(String(headers["mcp-session-id"]))) return void response.writeHead(404).end("unknown session");
    if (id === undefined) return void response.writeHead(202).end();
    if (message.method === "tools/list") return result({ tools: [readTool, writeTool] });
    if (message.method === "resources/read") return result({ contents: [{ uri: "note://1", text: "a note" }] });
    const tool = String(params.name);
    if (options.onCall?.(tool, response)) return;
    result({ content: [{ type: "text", text: `${tool} done` }] });
  };
}

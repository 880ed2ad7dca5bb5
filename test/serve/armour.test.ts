import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HttpServing, serveTools } from "../../src/serve/serve-tools.ts";
import { toyApp } from "../support/toy-app.ts";
import { askModern, rawRequest } from "./http-client.ts";
import { modernMeta } from "./stdio-client.ts";

let toy: HttpServing;
beforeAll(async () => {
  toy = await serveTools({ server: toyApp(), http: { maxBodyBytes: 100_000 } });
});
afterAll(() => toy.close());

const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: modernMeta } });

interface Raw {
  readonly target?: string;
  readonly method?: string;
  readonly host?: string;
  readonly lines?: readonly string[];
  readonly body?: string | Buffer;
  readonly framing?: string;
}

function request({ target = "/mcp", method = "POST", host = "127.0.0.1", lines = [], body = list, framing }: Raw = {}): Buffer {
  const head = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    "Content-Type: application/json",
    "MCP-Protocol-Version: 2026-07-28",
    "Mcp-Method: tools/list",
    "Connection: close",
    framing ?? `Content-Length: ${Buffer.byteLength(body)}`,
    ...lines,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.from(body)]);
}

async function statusOf(raw: Raw): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await rawRequest(toy.port, request(raw)))?.[1]);
}

test("a plain request passes the armour", async () => {
  expect(await statusOf({})).toBe(200);
});

test.each(["localhost", "LOCALHOST:1234", "127.0.0.1:80", "[::1]:9"])("the Host %s is ours", async (host) => {
  expect(await statusOf({ host })).toBe(200);
});

test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "169.254.169.254", "[::ffff:8.8.8.8]"])(
  "the Host %s of a rebound name is refused",
  async (host) => {
    expect(await statusOf({ host })).toBe(403);
  },
);

test.each(["", "127.0.0.1:80, evil.example", "127.0.0.1/evil", "user@127.0.0.1", "127.0.0.1:port"])(
  "the malformed Host %j is refused",
  async (host) => {
    expect(await statusOf({ host })).toBe(400);
  },
);

test.each(["http://evil.example", "null", "file://", "http://localhost.evil.example", "http://127.0.0.1@evil.example", "*"])(
  "pages of the origin %s may not call",
  async (origin) => {
    expect(await statusOf({ lines: [`Origin: ${origin}`] })).toBe(403);
  },
);

test("pages of this machine may call, and are told so", async () => {
  const answer = await rawRequest(toy.port, request({ lines: ["Origin: http://localhost:5173"] }));
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
  expect(answer.toLowerCase()).toContain("access-control-allow-origin: http://localhost:5173");
});

test("a foreign page's preflight grants nothing", async () => {
  const lines = ["Origin: http://evil.example", "Access-Control-Request-Method: POST"];
  const answer = await rawRequest(toy.port, request({ method: "OPTIONS", lines, body: "" }));
  expect(answer).toMatch(/^HTTP\/1\.1 403/);
  expect(answer.toLowerCase()).not.toContain("access-control-allow");
});

test.each<[string, Raw, number]>([
  ["a second Host", { lines: ["Host: evil.example"] }, 400],
  ["a second Content-Type", { lines: ["Content-Type: text/plain"] }, 400],
  ["a second MCP-Protocol-Version", { lines: ["MCP-Protocol-Version: 2025-11-25"] }, 400],
  ["an absolute target", { target: "http://evil.example/mcp" }, 400],
  ["TRACE", { method: "TRACE", body: "" }, 405],
  ["PUT", { method: "PUT" }, 405],
  ["both framings", { lines: ["Transfer-Encoding: chunked"] }, 400],
  ["an expectation", { lines: ["Expect: miracles"] }, 417],
  ["huge headers", { lines: [`X-Pad: ${"x".repeat(20_000)}`] }, 431],
])("%s is answered with its status", async (_what, raw, status) => {
  expect(await statusOf(raw)).toBe(status);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "text/plain; application/json", "application/json-evil", ""])(
  "a body of type %j, as a form could send it, is refused",
  async (type) => {
    const answer = await askModern(toy.url, "tools/list", {}, { "content-type": type });
    expect(answer.status).toBe(415);
  },
);

test("a compressed body is refused before it is unpacked", async () => {
  const body = gzipSync(Buffer.alloc(1_000_000, 0x20));
  expect(await statusOf({ lines: ["Content-Encoding: gzip"], body })).toBe(415);
});

test("a body over the limit is refused, and its sender can read the refusal", async () => {
  expect(await statusOf({ body: `"${"x".repeat(3_000_000)}"` })).toBe(413);
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  expect(await statusOf({ framing: "Transfer-Encoding: chunked", body: chunk.repeat(40) })).toBe(413);
});

test("a refused request with an endless body is cut off", async () => {
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  const answer = await rawRequest(
    toy.port,
    request({ target: "/nowhere", framing: "Transfer-Encoding: chunked", body: chunk.repeat(200) }),
  );
  expect(answer).toMatch(/^HTTP\/1\.1 404/);
});

test.each([
  ["no JSON", "{", -32700],
  ["nothing", "", -32700],
  ["nesting beyond reason", `${"[".repeat(50_000)}`, -32700],
  ["a byte order mark", "\ufeff{}", -32700],
  ["bytes that are no UTF-8", Buffer.from([0x22, 0xc3, 0x28, 0x22]), -32700],
  ["a batch", "[]", -32600],
  ["no message", '{"jsonrpc":"2.0"}', -32600],
])("a body with %s is answered with a JSON-RPC error", async (_what, body, code) => {
  const answer = await rawRequest(toy.port, request({ body }));
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({ jsonrpc: "2.0", id: null, error: { code } });
});

test("what is not HTTP is answered with a JSON-RPC error, too", async () => {
  const answer = await rawRequest(toy.port, "HELLO\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(answer).toContain('{"jsonrpc":"2.0"');
});

test("no answer names a file, a stack or the software", async () => {
  const answers = await Promise.all([
    rawRequest(toy.port, request({ body: "{" })),
    rawRequest(toy.port, request({ target: "/../../etc/passwd", method: "GET", body: "" })),
    rawRequest(toy.port, request({ target: "/mcp%00" })),
  ]);
  for (const answer of answers) expect(answer).not.toMatch(/\n\s+at |node_modules|file:|x-powered-by|<html/i);
});

test.each(["0.0.0.0", "::", "192.0.2.1"])("serving on %s without authentication is refused", async (host) => {
  await expect(serveTools({ server: toyApp(), http: { host } })).rejects.toMatchObject({ code: "config" });
});

test("named hosts and origins are the only ones", async () => {
  const http = { allowedHosts: ["kb.example.com"], allowedOrigins: ["https://app.example.com"] };
  await using serving = await serveTools({ server: toyApp(), http });
  const status = async (host: string, origin: string): Promise<string> =>
    (await rawRequest(serving.port, request({ host, lines: [`Origin: ${origin}`] }))).slice(9, 12);
  expect(await status("kb.example.com", "https://app.example.com")).toBe("200");
  expect(await status("other.example.com", "https://app.example.com")).toBe("403");
  expect(await status("kb.example.com", "http://localhost:3000")).toBe("403");
});

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Whatever stands in for a secret of the user; a canary that sees it has caught a leak. */
export const secret = "canary-key-0123456789abcdef0123456789abcdef";

/** A folder as a clone would leave it: files by path, objects as JSON, `-> target` for symbolic links. */
export function clone(files: Readonly<Record<string, unknown>>): { readonly folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "lectern-clone-"));
  for (const [name, content] of Object.entries(files)) write(folder, name, content);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export function write(folder: string, name: string, content: unknown): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === "string" && content.startsWith("-> ")) symlinkSync(content.slice(3), path);
  else writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}

export interface Canary extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Everything that was sent to it, whole: request lines, headers and bodies. */
  readonly seen: string[];
}

/** A server on loopback that keeps what it is sent, as a server and as a proxy, and refuses it. */
export async function startCanary(): Promise<Canary> {
  const seen: string[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
    response.writeHead(401, { "content-type": "application/json" }).end('{"error":{"code":"401","message":"no"}}');
  });
  server.on("connect", (request, socket) => {
    seen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { spawn } from "node:child_process";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { makeAuthority } from "../doctor/certificates.ts";
import { lecternFolder, writeFile } from "../doctor/folder.ts";
import { type Handler, mcpHandler, sendJson } from "../mcp/http-server.ts";
import { responsesCall, responsesText } from "./support.ts";

const hosts = { model: "contoso.openai.azure.com", signIn: "login.microsoftonline.com", tools: "tools.contoso.example" };
const tenant = "11111111-2222-3333-4444-555555555555";

async function listening(server: http.Server): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The whole outside world behind one certificate: the model, the sign-in service and an MCP server, told apart by the host's name. */
function world(seen: string[], options: https.ServerOptions) {
  const mcp = mcpHandler();
  let asked = 0;
  const signIn: Handler = ({ path }, response) => {
    const authority = `https://${hosts.signIn}/${tenant}`;
    if (path.includes("/oauth2/v2.0/token"))
      return sendJson(response, 200, {
        token_type: "Bearer",
        expires_in: 3600,
        ext_expires_in: 3600,
        access_token: "a.token.of-entra",
      });
    sendJson(response, 200, {
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    });
  };
  const model: Handler = ({ body }, response) => {
    const name = /"name":"([^"]*read)"/.exec(body)?.[1] ?? "none";
    const answer = ++asked === 1 ? responsesCall(name, "{}") : responsesText("The tool says: read done.");
    response.writeHead(200, answer.headers).end(answer.body);
  };
  const handlers: Readonly<Record<string, Handler>> = { [hosts.model]: model, [hosts.signIn]: signIn, [hosts.tools]: mcp };
  return https.createServer(options, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const host = (request.headers.host ?? "").split(":")[0]!;
    seen.push(`${host} ${request.headers.authorization ?? ""}`.trim());
    await handlers[host]?.({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body }, response);
  });
}

/** A CONNECT proxy that leads every host to one port on loopback: the only way out. */
function proxyTo(port: number, tunnels: Set<string>): http.Server {
  return http.createServer().on("connect", (request: http.IncomingMessage, socket: Socket) => {
    tunnels.add(request.url ?? "");
    const out = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      out.pipe(socket).pipe(out);
    });
    out.on("error", () => socket.destroy());
    socket.on("close", () => out.destroy());
  });
}

test("where a proxy is the only way out, the model, the sign-in and MCP servers are all reached through it", async () => {
  const authority = makeAuthority("Example Corp");
  const seen: string[] = [];
  const tunnels = new Set<string>();
  await using outside = await listening(world(seen, authority.issue({ names: Object.values(hosts) })));
  await using proxy = await listening(proxyTo(outside.port, tunnels));
  const folder = lecternFolder({
    config: { mcpServers: { desk: { url: `https://${hosts.tools}/mcp` } }, allow: ["desk/*"] },
  });
  const args = ["ask", "What does the tool say?", "--json", "--config", folder.configFile];
  const child = spawn(
    process.execPath,
    ["--import", join(import.meta.dirname, "fixtures/only-through-proxy.ts"), "src/cli/main.ts", ...args],
    {
      env: {
        ...folder.env,
        AZURE_OPENAI_ENDPOINT: `https://${hosts.model}`,
        AZURE_OPENAI_DEPLOYMENT_NAME: "d",
        AZURE_TENANT_ID: tenant,
        AZURE_CLIENT_ID: "66666666-7777-8888-9999-000000000000",
        AZURE_CLIENT_SECRET: "a-secret-of-the-test",
        AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential",
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: writeFile("ca.pem", authority.cert),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([stderr, JSON.parse(stdout)]).toMatchObject([
    "",
    { answer: expect.stringContaining("read done"), tool_calls: [{ server: "desk", tool: "read", ok: true }] },
  ]);
  expect([...tunnels].sort()).toEqual(
    Object.values(hosts)
      .map((host) => `${host}:443`)
      .sort(),
  );
  expect(seen.filter((entry) => entry === `${hosts.model} Bearer a.token.of-entra`)).toHaveLength(2);
});

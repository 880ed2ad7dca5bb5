import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createAzureModel } from "../../src/azure/index.ts";
import type { LecternError } from "../../src/core/errors.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { makeAuthority } from "../doctor/certificates.ts";
import { writeFile } from "../doctor/folder.ts";
import { collect, failureOf, hurriedClock, responsesText } from "./support.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
/** A root nobody trusts, and a certificate it issued for contoso.openai.azure.com; made for these tests, worth nothing elsewhere. */
const ca = read("ca.pem");

interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly seen: string[];
}

async function listening(server: http.Server, seen: string[]): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function azure(): Promise<Listening> {
  const seen: string[] = [];
  const answer = responsesText("through TLS");
  const server = https.createServer({ key: read("server.key"), cert: read("server.pem") }, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => response.writeHead(200, answer.headers).end(answer.body));
  });
  return listening(server, seen);
}

/** A CONNECT proxy that leads every host to one port on loopback: the only way out. */
function proxyTo(port: number, status = 200): Promise<Listening> {
  const seen: string[] = [];
  const server = http.createServer();
  server.on("connect", (request: http.IncomingMessage, socket: Socket) => {
    seen.push(request.url ?? "");
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} Proxy Authentication Required\r\n\r\n`);
    const out = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      out.pipe(socket).pipe(out);
    });
    out.on("error", () => socket.destroy());
    socket.on("error", () => out.destroy());
    socket.on("close", () => out.destroy());
  });
  return listening(server, seen);
}

function modelThrough(proxyPort: number, options: { ca?: string; env?: Record<string, string> } = {}) {
  return createAzureModel({
    endpoint: "https://contoso.openai.azure.com",
    deployment: "d",
    credential: { type: "api_key", key: "very-secret-key" },
    env: { HTTPS_PROXY: `http://user:hunter22@127.0.0.1:${proxyPort}` },
    clock: hurriedClock(),
    ...options,
  });
}

test("questions go through the proxy with the certificate of the company, over one kept tunnel", async () => {
  await using server = await azure();
  await using proxy = await proxyTo(server.port);
  const model = modelThrough(proxy.port, { ca });
  expect((await collect(model)).text).toBe("through TLS");
  expect((await collect(model)).text).toBe("through TLS");
  expect(proxy.seen).toEqual(["contoso.openai.azure.com:443"]);
  expect(server.seen).toEqual(["POST /openai/v1/responses", "POST /openai/v1/responses"]);
});

test("hosts in NO_PROXY are reached directly", async () => {
  await using server = await azure();
  await using proxy = await proxyTo(server.port);
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "127.0.0.1" };
  const model = createAzureModel({
    endpoint: `https://127.0.0.1:${server.port}`,
    deployment: "d",
    credential: { type: "api_key", key: "very-secret-key" },
    env,
    ca,
  });
  expect((await collect(model)).text).toBe("through TLS");
  expect(proxy.seen).toEqual([]);
});

test("a certificate that is not trusted is an error that names its issuer, and nothing is sent", async () => {
  await using server = await azure();
  await using proxy = await proxyTo(server.port);
  const error = (await failureOf(collect(modelThrough(proxy.port)))) as LecternError;
  expect([error.code, error.message]).toEqual([
    "network",
    'The certificate of contoso.openai.azure.com is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE). It was issued by "Example Corp Inspection CA".',
  ]);
  expect(error.fix).toContain("caFile");
  expect(server.seen).toEqual([]);
});

test("a proxy that wants a password is named, its address with the password is not", async () => {
  await using proxy = await proxyTo(9, 407);
  const error = (await failureOf(collect(modelThrough(proxy.port)))) as LecternError;
  expect(error).toMatchObject({
    code: "network",
    message: expect.stringMatching(/proxy refused the way to contoso\.openai\.azure\.com/),
  });
  expect(JSON.stringify([error, error.message, error.fix, String(error.cause)])).not.toContain("hunter22");
});

test("a name that cannot be resolved says so", async () => {
  const model = createAzureModel({
    endpoint: "https://no-such-host.invalid",
    deployment: "d",
    credential: { type: "api_key", key: "k" },
    clock: hurriedClock(),
  });
  expect(await failureOf(collect(model))).toMatchObject({
    code: "network",
    message: expect.stringContaining("no-such-host.invalid cannot be resolved"),
  });
});

test("an endpoint that speaks no TLS, or no HTTP, is told as that", async () => {
  await using plain = await listening(http.createServer(), []);
  const tls = createAzureModel({
    endpoint: `https://127.0.0.1:${plain.port}`,
    deployment: "d",
    credential: { type: "api_key", key: "k" },
    clock: hurriedClock(),
  });
  expect(await failureOf(collect(tls))).toMatchObject({
    code: "network",
    message: expect.stringContaining("does not speak TLS"),
    fix: expect.stringContaining("http://"),
  });
  const garbage = net.createServer(
    (socket) =>
      void socket
        .on("error", () => undefined)
        .resume()
        .end("SSH-2.0-OpenSSH_9.6\r\n"),
  );
  await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
  const { port } = garbage.address() as AddressInfo;
  const model = createAzureModel({
    endpoint: `http://127.0.0.1:${port}`,
    deployment: "d",
    credential: { type: "api_key", key: "k" },
    clock: hurriedClock(),
  });
  expect(await failureOf(collect(model))).toMatchObject({ code: "service", message: expect.stringContaining("no HTTP") });
  await new Promise((resolve) => garbage.close(resolve));
});

// Only on Linux can a test say what the system trusts: there OpenSSL, and so Node, looks into this file.
test.runIf(process.platform === "linux")(
  "an issuer that only the operating system trusts is trusted after the first refusal",
  async () => {
    const issuer = makeAuthority("Inspecting Proxy");
    const answer = responsesText("by the system's roots");
    const server = https.createServer(issuer.issue({ names: ["127.0.0.1"] }), (request, response) => {
      request.resume().on("end", () => response.writeHead(200, answer.headers).end(answer.body));
    });
    await using azure = await listening(server, []);
    const fixture = join(import.meta.dirname, "fixtures/ask-with-entra.ts");
    const args = [fixture, `https://127.0.0.1:${azure.port}`, JSON.stringify({ type: "api_key", key: "k" })];
    const env = { SSL_CERT_FILE: writeFile("root.pem", issuer.cert), SSL_CERT_DIR: "/nonexistent" };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toEqual({ text: "by the system's roots" });
  },
);

test("a service principal signs in by value, at an authority with the company's certificate", async () => {
  await using emulator = await startEmulator({
    config: { identity: { principals: [{ kind: "application", roles: ["Cognitive Services OpenAI User"] }] } },
  });
  const { tenantId, clientId, clientSecret, authority, ca: companyRoot } = emulator.identity!;
  const application = { tenantId, clientId: clientId!, clientSecret: clientSecret!, authorityHost: authority };
  const ask = (options: { ca?: string }) =>
    collect(
      createAzureModel({
        endpoint: emulator.url,
        deployment: "default",
        credential: { type: "entra", ...application, disableInstanceDiscovery: true },
        env: {},
        ...options,
      }),
    );
  expect((await ask({ ca: companyRoot })).text).not.toBe("");
  const refused = await failureOf(ask({}));
  expect(refused).toMatchObject({ code: "network" });
  expect(JSON.stringify(refused)).not.toContain(clientSecret);
});

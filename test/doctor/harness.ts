import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import https from "node:https";
import { type AddressInfo, connect, createServer, type Server as NetServer } from "node:net";
import type { CheckReport } from "../../src/app/doctor/doctor.ts";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { type Limits, systemWorld, type World } from "../../src/app/doctor/world.ts";
import type { Config } from "../../src/config/config.ts";
import { type LoadOptions, loadConfig } from "../../src/config/load.ts";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { lecternFolder } from "./folder.ts";

/** Short enough for tests, long enough for a busy machine where nothing is meant to time out. */
export const shortLimits: Limits = {
  runMs: 15_000,
  checkMs: 6_000,
  dnsMs: 500,
  connectMs: 2_000,
  tokenMs: 2_000,
  answerMs: 2_000,
  serversMs: 4_000,
};

export interface Setup {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: LoadOptions["flags"];
  readonly sources?: readonly string[];
  /** Content of `lectern.config.json`, named with --config. */
  readonly config?: object;
  /** The same, as a file of the project. */
  readonly projectConfig?: object;
  readonly limits?: Partial<Limits>;
  readonly world?: (world: World, config: Config) => Partial<World>;
}

/** Runs the doctor on a setup in a world of its own. */
export async function examine(setup: Setup): Promise<readonly CheckReport[]> {
  const folder = lecternFolder(setup);
  const limits = { ...shortLimits, ...setup.limits };
  const reports: CheckReport[] = [];
  const events = diagnose({
    signal: new AbortController().signal,
    load: () =>
      loadConfig({
        cwd: folder.cwd,
        env: { ...folder.env, ...setup.env },
        flags: setup.flags ?? {},
        sources: setup.sources ?? [],
        ...(setup.config === undefined ? {} : { configFile: folder.configFile }),
      }),
    world: (config) => {
      const world = systemWorld(config.env, limits);
      return { ...world, ...setup.world?.(world, config) };
    },
  });
  for await (const report of events) reports.push(report);
  return reports;
}

/** `check: fault` of everything that is not well. */
export function blamed(reports: readonly CheckReport[]): readonly string[] {
  return reports.flatMap(({ id, findings }) => findings.map((finding) => `${id}: ${finding.id}`));
}

/** An emulator with the variables that lead to it. */
export async function emulated(options: EmulatorOptions = {}, deployment = "default") {
  const emulator = await startEmulator(options);
  const env = {
    AZURE_OPENAI_ENDPOINT: emulator.url,
    AZURE_OPENAI_DEPLOYMENT_NAME: deployment,
    AZURE_OPENAI_API_KEY: emulator.key,
  };
  return { emulator, env, [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose]() };
}

interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

async function listening(server: Server | NetServer, scheme: string): Promise<Listening> {
  const sockets = new Set<import("node:net").Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function withBody(request: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  handler(request, response, body);
}

/** A server that answers as told; with a certificate it speaks TLS. */
export function serves(handler: Handler, tls?: { readonly cert: string; readonly key: string }): Promise<Listening> {
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => void withBody(request, response, handler);
  if (tls === undefined) return listening(http.createServer(onRequest), "http");
  const server = https.createServer({ ...tls }, onRequest);
  server.on("tlsClientError", () => {});
  return listening(server, "https");
}

/** What a gateway does to the whole answer of the server behind it. */
export interface Passed {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Passes requests on to a server (as localhost) and its whole answer back, changed on the way. `undefined`: nothing is answered. */
export function passesOn(
  to: string,
  change: (answer: Passed, asked: { path: string; body: string }) => Passed | undefined,
): Handler {
  return (request, response, body) => {
    const headers = { ...request.headers, host: new URL(to).host };
    const sent = http.request(`${to}${request.url}`, { method: request.method ?? "GET", headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => {
        const kept = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
        delete kept["transfer-encoding"];
        delete kept["content-length"];
        const changed = change({ status: answer.statusCode!, headers: kept, body: text }, { path: request.url!, body });
        if (changed === undefined) return;
        response.writeHead(changed.status, changed.headers);
        response.end(changed.body);
      });
    });
    sent.on("error", () => response.destroy());
    sent.end(body);
  };
}

/** Answers every request alike. */
export function answers(status: number, body: object | string, headers: Record<string, string> = {}): Handler {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  return (_, response) => {
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(text);
  };
}

/** A proxy that answers CONNECT as told, or tunnels to the port of this machine that stands for the host. */
export function proxies(
  how: { readonly refuse: string } | { readonly onward: Readonly<Record<string, number>> },
): Promise<Listening> {
  const server = createServer((socket) => {
    socket.once("data", (chunk) => {
      const authority = /^CONNECT (\S+) /.exec(chunk.toString())?.[1] ?? "";
      const port = "onward" in how ? how.onward[authority] : undefined;
      if (port === undefined) {
        const status = "refuse" in how ? how.refuse : "502 Bad Gateway";
        socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`);
        return;
      }
      const onward = connect({ host: "127.0.0.1", port }, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
    });
  });
  return listening(server, "http");
}

/** A name service and a network in which hosts stand for ports of this machine; all other hosts are unknown or unreachable. */
export function network(hosts: Readonly<Record<string, Host>>): (world: World) => Partial<World> {
  const errno = (code: string): Error => Object.assign(new Error(code), { code });
  return (world) => ({
    async resolve(host) {
      const known = hosts[host];
      if (known === undefined) throw errno("ENOTFOUND");
      if (known.dns !== undefined) throw errno(known.dns);
      return { addresses: known.addresses ?? ["20.50.1.2"], aliases: known.aliases ?? [] };
    },
    async connect({ host, port, signal }) {
      if (host === "127.0.0.1") return world.connect({ host, port, signal });
      const known = hosts[host];
      if (known?.port === undefined) throw errno(known?.tcp ?? "ETIMEDOUT");
      return world.connect({ host: "127.0.0.1", port: known.port, signal });
    },
  });
}

interface Host {
  readonly addresses?: readonly string[];
  readonly aliases?: readonly string[];
  /** Port of this machine where it really is; absent: unreachable with `tcp`. */
  readonly port?: number;
  readonly tcp?: string;
  readonly dns?: string;
}

/** A JSON Web Token nobody signed. */
export function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.${Buffer.from("signature").toString("base64url")}`;
}

import { lookup, Resolver } from "node:dns/promises";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Environment } from "../../config/env.ts";
import type { OpenedModel } from "../model.ts";
import type { SeenToken, TokenRequest } from "./token.ts";

/** What the name service says of a host. */
export interface Resolution {
  readonly addresses: readonly string[];
  /** Names the host is an alias of, outermost first; empty where they could not be asked for. */
  readonly aliases: readonly string[];
}

/** Time limits, in milliseconds. */
export interface Limits {
  readonly runMs: number;
  readonly checkMs: number;
  readonly dnsMs: number;
  /** For each of TCP, a proxy's answer and TLS. */
  readonly connectMs: number;
  readonly tokenMs: number;
  /** From a request to its status line, and the longest silence within an answer. */
  readonly answerMs: number;
  readonly serversMs: number;
}

const defaultLimits: Limits = {
  runMs: 20_000,
  checkMs: 10_000,
  dnsMs: 3_000,
  connectMs: 4_000,
  tokenMs: 9_000,
  answerMs: 9_000,
  serversMs: 9_000,
};

/** Everything outside the doctor: tests hand in their own. */
export interface World {
  readonly env: Environment;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the errno of the name service. */
  resolve(host: string, signal: AbortSignal): Promise<Resolution>;
  /** A TCP connection; rejects with its errno. Whoever asked closes it. */
  connect(to: { readonly host: string; readonly port: number; readonly signal: AbortSignal }): Promise<Socket>;
  /** An access token as the client would get it. */
  token(request: TokenRequest): Promise<SeenToken>;
  /** The model as `lectern ask` would open it. */
  openModel(config: Config): Promise<OpenedModel>;
  exists(path: string): boolean;
  /** Whether files can be made in a folder, or the folder itself where it is not there yet. */
  canWrite(folder: string): boolean;
}

/** The world as it is. */
export function systemWorld(env: Environment, limits: Limits = defaultLimits): World {
  return {
    env,
    limits,
    now: Date.now,
    resolve: (host, signal) => resolveHost(host, limits.dnsMs, signal),
    connect: tcpConnect,
    token: async (request) => (await import("./token.ts")).seeToken(request),
    openModel: async (config) => (await import("../model.ts")).openModel(config, {}),
    exists: existsSync,
    canWrite,
  };
}

async function resolveHost(host: string, timeoutMs: number, signal: AbortSignal): Promise<Resolution> {
  // The client's own way (hosts file, search domains) gives the addresses; only the name servers tell aliases.
  const [addresses, aliases] = await Promise.all([
    inTime(lookup(host, { all: true }), timeoutMs, signal),
    aliasesOf(host, timeoutMs).catch(() => []),
  ]);
  return { addresses: addresses.map(({ address }) => address), aliases };
}

async function aliasesOf(host: string, timeoutMs: number): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: Math.min(1_000, timeoutMs), tries: 1 });
  const aliases: string[] = [];
  for (let name: string | undefined = host; name !== undefined && aliases.length < 6; ) {
    const [next]: string[] = await resolver.resolveCname(name).catch(() => []);
    if (next !== undefined) aliases.push(next);
    name = next;
  }
  return aliases;
}

async function inTime<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      late.addEventListener("abort", () => reject(Object.assign(new Error("no answer in time"), { code: "EAI_AGAIN" })), {
        once: true,
      });
    }),
  ]);
}

function tcpConnect({ host, port, signal }: { host: string; port: number; signal: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const onAbort = (): void => void socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" }));
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = (): void => signal.removeEventListener("abort", onAbort);
    socket.once("connect", () => {
      settle();
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error) => {
      settle();
      reject(error);
    });
  });
}

function canWrite(folder: string): boolean {
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return statSync(nearest).isDirectory();
  } catch {
    return false;
  }
}

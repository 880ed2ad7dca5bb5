import type { Socket } from "node:net";
import {
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
  connect as tlsConnect,
} from "node:tls";
import type { Environment } from "../../config/env.ts";
import { type ProxyAddress, proxyFor } from "./proxy.ts";
import type { World } from "./world.ts";

/** A connection to an endpoint, ready for a request. */
export interface Line {
  readonly socket: Socket;
  readonly proxy: ProxyAddress | undefined;
  readonly tls: { readonly protocol: string; readonly issuer: string } | undefined;
  /** The other end is a proxy for plain http: requests name the whole address. */
  readonly isRelay: boolean;
}

/** How far a connection came: to the proxy, through it, to the endpoint itself, through TLS. */
export type DialStage = "proxy" | "tunnel" | "tcp" | "tls";

export class DialError extends Error {
  override readonly name = "DialError";
  readonly stage: DialStage;
  /** The errno, OpenSSL's reason, or the proxy's status. */
  readonly reason: string;
  readonly proxy: ProxyAddress | undefined;
  readonly certificate: CertificateFacts | undefined;

  constructor(stage: DialStage, reason: string, more: { proxy?: ProxyAddress | undefined; certificate?: CertificateFacts } = {}) {
    super(`${stage}: ${reason}`);
    this.stage = stage;
    this.reason = reason;
    this.proxy = more.proxy;
    this.certificate = more.certificate;
  }
}

/** What can be told of a certificate that was not accepted. */
export interface CertificateFacts {
  readonly issuer: string;
  readonly names: string;
  readonly validFrom: string;
  readonly validTo: string;
}

export interface DialOptions {
  readonly world: Pick<World, "connect" | "limits">;
  readonly env: Environment;
  /** Whom to trust; worked out when first needed, since reading some 800 certificates takes a while. */
  readonly trust: () => SecureContext;
  readonly signal: AbortSignal;
}

/** Trusts Node's certificates, the system's and one more file's (PEM). */
export function trusting(ca: string | undefined): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext({
      ca: [...getCACertificates("default"), ...getCACertificates("system"), ...(ca === undefined ? [] : [ca])],
    });
    return context;
  };
}

/** Connects to a URL's host as the client does: through the proxy of the environment, with TLS for https. Throws DialError. */
export async function dial(url: URL, options: DialOptions): Promise<Line> {
  const proxy = proxyFor(url, options.env);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  // Plain http goes through a proxy without a tunnel; many proxies refuse tunnels to other ports than 443.
  if (proxy !== undefined && url.protocol === "http:") {
    const socket = await toProxy(proxy, options);
    return { socket, proxy, tls: undefined, isRelay: true };
  }
  const plain =
    proxy === undefined ? await reach(host, port, "tcp", options) : await tunnel(proxy, `${bracketed(host)}:${port}`, options);
  if (url.protocol !== "https:") return { socket: plain, proxy, tls: undefined, isRelay: false };
  const secured = await secure(plain, host, options, proxy);
  const tls = { protocol: secured.getProtocol() ?? "", issuer: issuerOf(secured.getPeerCertificate()) };
  return { socket: secured, proxy, tls, isRelay: false };
}

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

async function reach(host: string, port: number, stage: DialStage, options: DialOptions, proxy?: ProxyAddress): Promise<Socket> {
  const { world, signal } = options;
  const late = AbortSignal.any([signal, AbortSignal.timeout(world.limits.connectMs)]);
  try {
    return await world.connect({ host, port, signal: late });
  } catch (error) {
    signal.throwIfAborted();
    throw new DialError(stage, late.aborted ? "ETIMEDOUT" : reasonOf(error), { proxy });
  }
}

async function toProxy(proxy: ProxyAddress, options: DialOptions): Promise<Socket> {
  const raw = await reach(proxy.host, proxy.port, "proxy", options, proxy);
  return proxy.secure ? secure(raw, proxy.host, options, proxy) : raw;
}

/** Asks the proxy for a tunnel; nothing of ours is told to it but where to. */
async function tunnel(proxy: ProxyAddress, authority: string, options: DialOptions): Promise<Socket> {
  const socket = await toProxy(proxy, options);
  const login = proxy.authorization === undefined ? "" : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login}\r\n`);
  try {
    const head = await readHead(socket, options);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
    if (status === "200") return socket;
    throw new DialError("tunnel", status ?? "no HTTP answer", { proxy });
  } catch (error) {
    socket.destroy();
    options.signal.throwIfAborted();
    throw error instanceof DialError ? error : new DialError("tunnel", reasonOf(error), { proxy });
  }
}

function readHead(socket: Socket, { world, signal }: DialOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = "";
    const late = AbortSignal.any([signal, AbortSignal.timeout(world.limits.connectMs)]);
    const onData = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (head.includes("\r\n\r\n")) settle(() => resolve(head));
      else if (head.length > 16_384) settle(() => reject(new Error("endless")));
    };
    const onEnd = (): void => settle(() => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    const onError = (error: Error): void => settle(() => reject(error));
    const onLate = (): void => settle(() => reject(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    const settle = (then: () => void): void => {
      socket.off("data", onData).off("close", onEnd).off("error", onError);
      late.removeEventListener("abort", onLate);
      then();
    };
    socket.on("data", onData).once("close", onEnd).once("error", onError);
    late.addEventListener("abort", onLate, { once: true });
  });
}

/** TLS over a connection. The handshake is finished even with a certificate nobody vouches for, so that its issuer can be named; nothing is sent then. */
function secure(plain: Socket, host: string, options: DialOptions, proxy: ProxyAddress | undefined): Promise<TLSSocket> {
  const { world, env, signal, trust } = options;
  return new Promise((resolve, reject) => {
    const late = AbortSignal.any([signal, AbortSignal.timeout(world.limits.connectMs)]);
    const isAddress = /^[\d.]+$|:/.test(host);
    const socket = tlsConnect({
      socket: plain,
      host,
      ...(isAddress ? {} : { servername: host }),
      secureContext: trust(),
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    const refuse = (error: DialError): void => {
      late.removeEventListener("abort", onLate);
      socket.destroy();
      reject(signal.aborted ? signal.reason : error);
    };
    const onLate = (): void => refuse(new DialError("tls", "ETIMEDOUT", { proxy }));
    late.addEventListener("abort", onLate, { once: true });
    socket.once("error", (error) => refuse(new DialError("tls", reasonOf(error), { proxy })));
    socket.once("secureConnect", () => {
      // What the client itself would accept is no fault here; the environment check warns of it.
      if (!socket.authorized && env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") {
        const reason = String(socket.authorizationError ?? "unknown");
        refuse(new DialError("tls", reason, { proxy, certificate: factsOf(socket.getPeerCertificate(true)) }));
        return;
      }
      late.removeEventListener("abort", onLate);
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

function factsOf(certificate: PeerCertificate): CertificateFacts {
  return {
    issuer: issuerOf(certificate),
    names: certificate.subjectaltname ?? oneOf(certificate.subject?.CN) ?? "nobody",
    validFrom: certificate.valid_from,
    validTo: certificate.valid_to,
  };
}

/** Who signed a certificate, as people know it: organisation and common name. */
function issuerOf({ issuer }: PeerCertificate): string {
  const parts = [oneOf(issuer?.O), oneOf(issuer?.CN)].filter((part) => part !== undefined);
  return [...new Set(parts)].join(", ") || "an unnamed issuer";
}

function oneOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value[0] : value;
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : error instanceof Error ? error.message : String(error);
}

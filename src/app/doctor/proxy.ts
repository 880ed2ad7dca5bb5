import type { Environment } from "../../config/env.ts";

/** The proxy that requests to a URL go through. */
export interface ProxyAddress {
  /** The variable that names it. */
  readonly variable: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** `Proxy-Authorization`; a secret. */
  readonly authorization: string | undefined;
}

/** Variables that name a proxy for a scheme, the stronger first. Source: Node's `proxyEnv`, which follows curl. */
export function proxyVariables(scheme: string): readonly string[] {
  return scheme === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
}

/** The proxy for a URL; undefined for none. Throws TypeError where the variable holds no http(s) URL. */
export function proxyFor(url: URL, env: Environment): ProxyAddress | undefined {
  const variable = proxyVariables(url.protocol).find((name) => env[name]);
  if (variable === undefined || isExempt(url, env.no_proxy || env.NO_PROXY || "")) return undefined;
  const proxy = new URL(env[variable]!.trim());
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:") throw new TypeError(`${variable} is no http URL`);
  const { username, password } = proxy;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    variable,
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: Number(proxy.port || (proxy.protocol === "https:" ? 443 : 80)),
    secure: proxy.protocol === "https:",
    authorization: username === "" ? undefined : `Basic ${Buffer.from(login).toString("base64")}`,
  };
}

/** Whether NO_PROXY lets a URL go directly: `*`, names, `.suffix`, `*.suffix`, each perhaps with a port. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = "", entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())!;
      if (entryPort !== undefined && entryPort !== port) return false;
      if (name === "*" || name === host) return true;
      const suffix = name.startsWith("*.") ? name.slice(1) : name.startsWith(".") ? name : undefined;
      return suffix !== undefined && host.endsWith(suffix);
    });
}

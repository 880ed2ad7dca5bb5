import type { Config } from "../../../config/config.ts";
import { addressKind } from "../addresses.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder } from "../check.ts";
import { DialError, dial, type Line } from "../dial.ts";
import { proxyVariables } from "../proxy.ts";
import { lineOptions } from "../requests.ts";

const faults = {
  "connection-refused": fails("network", "The host answers, but nothing listens on the port."),
  "egress-blocked": fails("network", "Nothing answers: a firewall drops the packets, or only a proxy leads out."),
  "private-address-unreachable": fails(
    "network",
    "The name resolves to a private address that cannot be reached from here: no VPN, no peering.",
  ),
  "proxy-unreachable": fails("network", "The configured proxy cannot be reached."),
  "proxy-wants-sign-in": fails("network", "The proxy wants a user name and password (407)."),
  "proxy-refuses": fails("network", "The proxy does not let connections to the endpoint through."),
  "tls-intercepted": fails(
    "network",
    "The certificate is self-signed, or signed by somebody this machine does not trust, as TLS inspection does; the issuer is named.",
  ),
  "tls-wrong-name": fails("network", "The certificate is for other names than the endpoint's."),
  "tls-expired": fails("network", "The certificate is out of date, or this machine's clock is."),
  "tls-not-spoken": fails("network", "The port answers, but not with TLS: https to a plain http port, or a middlebox."),
};
const found = finder(faults);

/** Whether a connection stands, with TLS, through the proxy of the environment. */
export const connection: Check = {
  id: "connection",
  about: "TCP, the proxy of the environment, and TLS: whose certificate it is, and who intercepts it.",
  faults,
  needs: ["environment", "dns"],
  async run(context): Promise<Verdict> {
    const target = context.facts.target!;
    try {
      const line = await dial(target.url, lineOptions(context));
      line.socket.destroy();
      return { note: noteOf(target.host, line) };
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      return { findings: [connectionFinding(error, context)] };
    }
  },
};

function noteOf(host: string, { proxy, tls }: Line): string {
  const way = proxy === undefined ? "" : ` through the proxy ${proxy.host}:${proxy.port} (${proxy.variable})`;
  const how = tls === undefined ? "plain http" : `${tls.protocol}, certificate by ${tls.issuer}`;
  return `${host} reached${way}; ${how}.`;
}

/** What a failed connection means. Also used where a later request meets one. */
export function connectionFinding(error: DialError, context: Context): Finding {
  switch (error.stage) {
    case "proxy":
      return proxyUnreachable(error);
    case "tunnel":
      return proxyRefuses(error, context);
    case "tcp":
      return unreachable(error, context);
    case "tls":
      return tlsFinding(error, context);
  }
}

function proxyUnreachable({ proxy, reason }: DialError): Finding {
  const { variable, host, port } = proxy!;
  const cause = `The proxy ${host}:${port} (${variable}) cannot be reached (${reason}).`;
  const fix = `Correct ${variable}, or unset it where there is no proxy; hosts that need none go into NO_PROXY.`;
  return found("proxy-unreachable", { cause, fix });
}

function proxyRefuses({ proxy, reason }: DialError, { facts, config }: Context): Finding {
  const { variable, host, port, authorization } = proxy!;
  const target = facts.target!.host;
  if (reason === "407") {
    const login = authorization === undefined ? "has no login in it" : "holds a login that the proxy refuses";
    const cause = `The proxy ${host}:${port} wants a sign-in (407), and ${variable} ${login}.`;
    const fix = `Set ${variable}=http://<user>:<password>@${host}:${port} (percent-encode special characters; Basic only), or have ${target} allowed without sign-in.`;
    return found("proxy-wants-sign-in", { cause, fix });
  }
  if (!/^\d{3}$/.test(reason)) {
    const cause = `What listens at ${host}:${port} (${variable}) does not answer as an HTTP proxy (${reason}).`;
    const fix = `Check host and port in ${variable}: it must name an HTTP proxy, not one for SOCKS and not a proxy's web page.`;
    return found("proxy-refuses", { cause, fix });
  }
  if (/^50[234]$/.test(reason)) {
    const cause = `The proxy ${host}:${port} (${variable}) cannot reach ${target} itself (${reason}).`;
    const fix = `Ask the proxy's administrators whether it resolves and reaches ${target}; a host that only this machine reaches (a private endpoint) goes into NO_PROXY.`;
    return found("proxy-refuses", { cause, fix });
  }
  const cause = `The proxy ${host}:${port} (${variable}) does not let connections to ${target} through (${reason}).`;
  const fix = `Have ${target}:443 allowed at the proxy, or put it into NO_PROXY where it can be reached directly.${uselessExemption(config, target)}`;
  return found("proxy-refuses", { cause, fix });
}

/** NO_PROXY names a domain, which in Node's reading is that one name and none below it. */
function uselessExemption({ env }: Config, host: string): string {
  const list = (env.no_proxy || env.NO_PROXY || "").split(/[\s,]+/);
  const meant = list.find((entry) => entry !== "" && host.endsWith(`.${entry.toLowerCase()}`));
  return meant === undefined ? "" : ` NO_PROXY holds "${meant}", which means that name alone: write ".${meant}".`;
}

function unreachable({ reason }: DialError, { facts, config }: Context): Finding {
  const { host, url } = facts.target!;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const addresses = facts.resolution?.addresses ?? [];
  if (reason === "ECONNREFUSED") {
    const cause = `${host} refuses the connection: nothing listens on port ${port} there.`;
    return found("connection-refused", {
      cause,
      fix: `Check the port in AZURE_OPENAI_ENDPOINT, and that the gateway or server runs.`,
    });
  }
  if (addresses.length > 0 && addresses.every((address) => addressKind(address) === "private")) {
    const cause = `${host} resolves to the private address ${addresses.join(", ")}, which cannot be reached from here (${reason}).`;
    const fix =
      "Connect the VPN, or run where the private endpoint's network can be reached (peering, routes, network security groups).";
    return found("private-address-unreachable", { cause, fix });
  }
  const { hint, advice } = wayOut(config, url);
  const cause = `No connection to ${host}:${port} (${reason}). ${hint}; networks that only let traffic out through a proxy look like this.`;
  const fix = `${advice} Else have outgoing connections to ${host}:${port} allowed.`;
  return found("egress-blocked", { cause, fix });
}

/** What the environment says of a proxy, where the connection was tried without one. */
function wayOut({ env }: Config, url: URL): { readonly hint: string; readonly advice: string } {
  const own = proxyVariables(url.protocol).find((name) => env[name]);
  if (own !== undefined) {
    const list = env.no_proxy ? "no_proxy" : "NO_PROXY";
    const hint = `${own} is set, but ${list} (${env[list]}) exempts this host from it`;
    return { hint, advice: `Where the proxy leads out: take ${url.hostname} out of ${list}.` };
  }
  const wanted = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const advice = `Where a proxy leads out: export ${wanted}=http://<proxy>:<port>.`;
  const other = ["all_proxy", "ALL_PROXY", ...proxyVariables(url.protocol === "https:" ? "http:" : "https:")].find(
    (name) => env[name],
  );
  if (other === undefined) return { hint: "No proxy is configured", advice };
  return { hint: `${other} is set, but ${wanted} is not, which alone counts here`, advice };
}

function tlsFinding(error: DialError, { facts, world }: Context): Finding {
  const { host } = facts.target!;
  const { reason, certificate } = error;
  if (certificate === undefined) {
    const cause = `${host} does not speak TLS on this port, or something on the way breaks it (${reason}).`;
    return found("tls-not-spoken", {
      cause,
      fix: "Check scheme and port of AZURE_OPENAI_ENDPOINT, and whether a firewall cuts TLS to this host.",
    });
  }
  const { issuer, names, validFrom, validTo } = certificate;
  if (reason === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const cause = `The certificate that answers for ${host} is for ${names} (issued by ${issuer}).`;
    return found("tls-wrong-name", { cause, fix: "Check the host in AZURE_OPENAI_ENDPOINT, and the hosts file and DNS for it." });
  }
  if (reason === "CERT_HAS_EXPIRED" || reason === "CERT_NOT_YET_VALID") {
    const today = new Date(world.now()).toISOString().slice(0, 10);
    const cause = `The certificate of ${host} is valid from ${validFrom} to ${validTo}; this machine's clock says ${today}.`;
    return found("tls-expired", {
      cause,
      fix: "Check this machine's clock; if it is right, the certificate must be renewed by whoever runs the host.",
    });
  }
  if (reason === "DEPTH_ZERO_SELF_SIGNED_CERT" && facts.target!.endpoint.kind !== "azure") {
    const cause = `The certificate of ${host} is self-signed, and this machine does not trust it (${reason}).`;
    const fix = `Get the certificate from whoever runs ${host}, as a PEM file, and name it: LECTERN_CA_FILE=/path/to/certificate.pem (or NODE_EXTRA_CA_CERTS).`;
    return found("tls-intercepted", { cause, fix });
  }
  const isAzure = facts.target!.endpoint.kind === "azure";
  const why = isAzure ? "something on the way inspects TLS" : "a private authority, or something on the way that inspects TLS";
  const cause = `The certificate of ${host} is signed by "${issuer}", which this machine does not trust (${reason}): ${why}.`;
  const whom = isAzure ? "your network's administrators" : `whoever runs ${host} or your network`;
  const fix = `Get the root certificate of "${issuer}" from ${whom} and name it: LECTERN_CA_FILE=/path/to/root.pem (or NODE_EXTRA_CA_CERTS).`;
  return found("tls-intercepted", { cause, fix });
}

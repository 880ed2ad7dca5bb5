import { LecternError } from "../core/errors.ts";
import { requestIdOf } from "./error-reply.ts";
import type { Failure } from "./failure.ts";
import type { ReplyOrigin } from "./reply.ts";
import { untrustedCodes } from "./trust.ts";
import type { WireError, WireFault } from "./wire.ts";

type ConnectFault = Extract<WireFault, { kind: "connect" }>;

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "";
}

/** True where the certificate was the trouble, so that a look at its issuer is worth a connection. */
export function isUntrusted(error: WireError): boolean {
  return error.fault.kind === "connect" && untrustedCodes.has(codeOf(error.fault.cause));
}

/** What a failed connection means and what to do about it. `issuer` is who issued an untrusted certificate. */
export function connectionFailure(thrown: WireError, origin: ReplyOrigin, issuer?: string): Failure {
  const { fault } = thrown;
  const { host } = origin.context;
  switch (fault.kind) {
    case "no_connection":
      return network(
        `There is no connection to ${host} after ${seconds(fault.waitedMs)}.`,
        `Check the network, the proxy and the firewall for ${host}.`,
        thrown,
      );
    case "no_answer":
      return network(
        `${host} took the question and did not answer within ${seconds(fault.waitedMs)}.`,
        "Try again; raise the timeout for slow models.",
        thrown,
      );
    case "silence":
      return interrupted(`The reply from ${host} stalled: nothing came for ${seconds(fault.waitedMs)}.`, thrown, origin);
    case "broken":
      return interrupted(`The reply from ${host} broke off: ${fault.cause.message}.`, thrown, origin);
    case "aborted":
      return { error: new LecternError("interrupted", "The question was stopped"), retry: "never" };
    case "connect":
      return unconnected(fault, host, issuer);
  }
}

function network(message: string, fix: string, cause: unknown, retry: Failure["retry"] = "backoff"): Failure {
  return { error: new LecternError("network", message, { fix, cause }), retry };
}

function interrupted(message: string, cause: unknown, { headers }: ReplyOrigin): Failure {
  const requestId = requestIdOf(headers);
  const fix = "Try again. If it stays, look for a proxy or gateway on the way that cuts or buffers streams.";
  return {
    error: new LecternError("service", message, { fix, cause, ...(requestId === undefined ? {} : { requestId }) }),
    retry: "backoff",
  };
}

function unconnected({ cause, stale, unsent }: ConnectFault, host: string, issuer: string | undefined): Failure {
  const code = codeOf(cause);
  if (untrustedCodes.has(code)) {
    const by = issuer === undefined ? "" : ` It was issued by "${issuer}".`;
    const fix = `If your network inspects TLS${issuer === undefined ? "" : ` (is "${issuer}" your company's proxy?)`}, save its root certificate as a PEM file and name it in caFile or NODE_EXTRA_CA_CERTS.`;
    return {
      ...network(`The certificate of ${host} is not trusted (${code}).${by}`, fix, cause, "never"),
      remedy: { kind: "trust_system" },
    };
  }
  if (/^(CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH)/.test(code)) {
    const fix = "Check the endpoint's spelling and this machine's clock; a proxy that inspects TLS may show a wrong certificate.";
    return network(`The certificate of ${host} is not valid: ${cause.message}.`, fix, cause, "never");
  }
  if (/^(EPROTO|ERR_SSL_)/.test(code)) {
    return network(
      `${host} does not speak TLS as expected (${code}).`,
      "Check the endpoint's port, and whether it begins with http:// rather than https://.",
      cause,
      "never",
    );
  }
  if (code.startsWith("HPE_")) {
    const fix = "Check that the endpoint's host and port belong to Azure OpenAI or a gateway for it.";
    return {
      error: new LecternError("service", `${host} answered something that is no HTTP (${code}).`, { fix, cause }),
      retry: "backoff",
    };
  }
  if (/PROXY/.test(code)) {
    const status = "statusCode" in cause && typeof cause.statusCode === "number" ? ` (${cause.statusCode})` : "";
    const fix = `Check HTTPS_PROXY and its credentials, or put ${host} into NO_PROXY.`;
    // Node's message may hold the proxy's address with user and password.
    return network(`The proxy refused the way to ${host}${status}.`, fix, undefined, status === " (407)" ? "never" : "backoff");
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    const fix =
      "Check the spelling of the endpoint (AZURE_OPENAI_ENDPOINT), DNS, VPN and whether a proxy is needed (HTTPS_PROXY).";
    return network(`The name ${host} cannot be resolved.`, fix, cause, code === "EAI_AGAIN" ? "backoff" : "never");
  }
  const fix = `Check that ${host} can be reached from here: network, VPN, proxy, firewall.`;
  const message = `The connection to ${host} failed: ${code === "" ? cause.message : code}.`;
  return { ...network(message, fix, cause, stale ? "at_once" : "backoff"), unsent };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

import { LecternError } from "../core/errors.ts";
import { requestIdOf } from "./errors.ts";
import type { Failure } from "./failure.ts";
import type { ReplyOrigin } from "./reply.ts";
import type { WireError } from "./wire.ts";

/** Certificate failures: no attempt can mend them. */
const tlsCodes =
  /^(UNABLE_TO_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|CRL_|EPROTO)/;

function codeOf(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : "";
}

/** What a failed connection means and what to do about it. */
export function connectionFailure(thrown: WireError, origin: ReplyOrigin): Failure {
  const { fault } = thrown;
  const { host } = origin.context;
  const requestId = requestIdOf(origin.headers);
  const ids = requestId === undefined ? {} : { requestId };
  switch (fault.kind) {
    case "no_connection":
      return network(
        `No connection to ${host} within ${seconds(fault.waitedMs)}.`,
        `Check the network, the proxy setting and the firewall for ${host}.`,
      );
    case "no_answer":
      return network(
        `${host} accepted the question and did not answer within ${seconds(fault.waitedMs)}.`,
        "Try again; raise the deadline for slow models.",
      );
    case "silence":
      return service(`The reply from ${host} stalled: nothing came for ${seconds(fault.waitedMs)}.`);
    case "broken":
      return service(`The reply from ${host} broke off: ${fault.cause.message}.`);
    case "aborted":
      return { error: new LecternError("interrupted", "The question was stopped"), retry: "never" };
    case "connect":
      return refused(fault.cause, fault.stale);
  }

  function network(message: string, fix: string): Failure {
    return { error: new LecternError("network", message, { fix, cause: thrown }), retry: "backoff" };
  }
  function service(message: string): Failure {
    const fix = "Try again. If it stays, look for a proxy or gateway on the way that cuts or buffers streams.";
    return { error: new LecternError("service", message, { fix, cause: thrown, ...ids }), retry: "backoff" };
  }
  function refused(cause: Error, stale: boolean): Failure {
    const code = codeOf(cause);
    if (tlsCodes.test(code)) {
      const fix =
        "If your network inspects TLS, add its root certificate (NODE_EXTRA_CA_CERTS or caFile), or use the system's certificates.";
      return {
        error: new LecternError("network", `The certificate of ${host} is not trusted: ${cause.message}.`, { fix, cause }),
        retry: "never",
      };
    }
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
      const fix = "Check the spelling of the endpoint (AZURE_OPENAI_ENDPOINT), the DNS and the VPN.";
      return {
        error: new LecternError("network", `The name ${host} cannot be resolved.`, { fix, cause }),
        retry: code === "EAI_AGAIN" ? "backoff" : "never",
      };
    }
    const fix = `Check that ${host} can be reached from here: network, VPN, proxy, firewall.`;
    const error = new LecternError("network", `The connection to ${host} failed: ${cause.message}.`, { fix, cause });
    return { error, retry: stale ? "at_once" : "backoff" };
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

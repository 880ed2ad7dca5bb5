import { isAbsolute } from "node:path";
import type { ServerConfig } from "../../../config/config.ts";
import { withoutSecretArguments } from "../../../config/visible.ts";
import { counted } from "../../../core/counted.ts";
import type { ServerStatus } from "../../../mcp/toolbox.ts";
import type { Check, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import type { Refusal } from "../open-servers.ts";
import type { World } from "../world.ts";

export const serverFaults = {
  "server-not-approved": warns(
    "config",
    "A project file names the server, and its definition was not approved, so it is not started.",
  ),
  "server-name-taken": fails("config", "Another server has the same name."),
  "server-variable-missing": fails("config", "The definition uses a variable that is not set."),
  "server-not-found": fails("service", "The server's program, or its working folder, does not exist."),
  "server-not-executable": fails("service", "The server's program is there and may not be run."),
  "server-crashes": fails("service", "The server's process ends before it is ready; its last words are shown."),
  "server-silent": fails("service", "The server starts but does not answer in time."),
  "server-wants-sign-in": fails("auth", "The server wants a sign-in (401)."),
  "server-refuses-access": fails("auth", "The server knows who asks and refuses (403)."),
  "server-url-wrong": fails("config", "What answers at the url is no MCP endpoint: 404, 405 or a web page."),
  "server-tls-untrusted": fails("network", "The certificate of the server's host is not trusted, not valid, or another host's."),
  "server-unreachable": fails("network", "The server's address cannot be reached."),
  "server-fails": fails("service", "The server cannot be used for another reason; its words are shown."),
  "server-tools-held-back": warns(
    "service",
    "Some of the server's tools have definitions that cannot be offered; each is named.",
  ),
};
const found = finder(serverFaults);

/** One configured MCP server: whether it starts, speaks the protocol and offers tools. */
export function serverCheck(server: ServerConfig): Check {
  const { name } = server;
  return {
    id: `server:${name}`,
    about: "Each MCP server: started or reached, protocol agreed, tools listed.",
    faults: serverFaults,
    needs: [],
    async run({ servers, world }): Promise<Verdict> {
      const { status, refused } = await servers.servers();
      const refusal = refused.get(name);
      if (refusal?.kind === "of_other_program")
        return { skip: `${server.origin.name} is another program's, and it was not approved` };
      if (refusal !== undefined) return { findings: [notStarted(server, refusal)] };
      const state = status.find((candidate) => candidate.name === name);
      return state === undefined ? { skip: "it was not looked at" } : judge(server, state, world);
    },
  };
}

function notStarted(server: ServerConfig, { kind, reason }: Exclude<Refusal, { kind: "of_other_program" }>): Finding {
  const cause = `"${server.name}" is not started: ${reason.replace(/^not started: /, "")}`;
  if (/another server has this name|name .* is kept/.test(reason)) {
    return found("server-name-taken", { cause, fix: `Give the server of ${server.origin.name} another name.` });
  }
  if (kind === "not_approved") {
    return found("server-not-approved", {
      cause,
      fix: `Read what it would run, and approve it: lectern mcp trust ${server.name}`,
    });
  }
  return found("server-variable-missing", { cause, fix: `Set the variable, or correct the definition: ${server.origin.name}.` });
}

function judge(server: ServerConfig, { state, reason, tools, quarantined }: ServerStatus, world: World): Verdict {
  const note = `${counted(tools, "tool")}.`;
  if (state === "ready" || state === "degraded") {
    if (quarantined.length === 0) return { note: reason === null ? note : `${note} (${reason})` };
    const held = quarantined.map(({ tool, reason: why }) => `${tool}: ${why}`).join("; ");
    const cause = `${counted(quarantined.length, "tool")} of "${server.name}" cannot be offered: ${held}.`;
    const fix = "Have the server's maker correct the definition; the other tools work. lectern mcp list shows the same.";
    return { findings: [found("server-tools-held-back", { cause, fix })], note };
  }
  const why = reason ?? "no reason given";
  return { findings: [server.type === "stdio" ? broken(server, why, world) : unserved(server, state, why)] };
}

/** How the host tells that a process has ended, or no longer takes part. */
const endedWords = /exited with code|ended by SIG|last error output|reads its input|closed its output|connection closed/;

/** What is wrong with a server's process. */
function broken(server: ServerConfig, reason: string, world: World): Finding {
  const { name, origin, cwd, command = "" } = server;
  const cause = `"${name}" cannot be used: ${reason}.`;
  if (/was not found/.test(reason) && cwd !== undefined && isAbsolute(cwd) && !world.exists(cwd)) {
    const missing = `"${name}" cannot be used: its working folder ${cwd} does not exist.`;
    return found("server-not-found", { cause: missing, fix: `Make the folder, or correct cwd in ${origin.name}.` });
  }
  if (/was not found/.test(reason)) {
    const fix = `Install it, or correct its command in ${origin.name}; the PATH of this shell must find "${command}".`;
    return found("server-not-found", { cause, fix });
  }
  if (/may not be run/.test(reason)) {
    const fix = `chmod +x ${quoted(command)}, or name its interpreter as the command in ${origin.name} and the file in args.`;
    return found("server-not-executable", { cause, fix });
  }
  if (endedWords.test(reason)) {
    return found("server-crashes", { cause, fix: `Run its command by hand and read what it prints: ${commandLine(server)}` });
  }
  if (/not ready within|did not answer in time/.test(reason)) {
    const fix =
      "Run its command by hand: it must answer on standard output, and print nothing else there. Programs that are still being downloaded (npx) need a first run.";
    return found("server-silent", { cause, fix });
  }
  return fallback(server, cause, "its command");
}

/** What is wrong with a server's address. */
function unserved(server: ServerConfig, state: ServerStatus["state"], reason: string): Finding {
  const { name, origin } = server;
  const cause = `"${name}" cannot be used: ${reason}.`;
  if (state === "needs_sign_in" || /sign-in|HTTP 401/.test(reason)) {
    const fix = `Add a header with its token to its definition, TOKEN being set in the environment: "headers": { "Authorization": "Bearer \${TOKEN}" } in ${origin.name}.`;
    return found("server-wants-sign-in", { cause, fix });
  }
  if (/HTTP 403/.test(reason)) {
    const fix = `Check that the token in the headers of ${origin.name} may use this server, and that no gateway before it refuses.`;
    return found("server-refuses-access", { cause, fix });
  }
  if (/HTTP 40[45]|Unexpected content type|unusable reply/.test(reason)) {
    const fix = `Correct its url in ${origin.name}: it must be the MCP endpoint itself (often ending in /mcp, or /sse for older servers), not a page about it.`;
    return found("server-url-wrong", { cause, fix });
  }
  if (certificateWords.test(reason)) {
    const fix =
      "Have the host show a certificate that is valid and its own; one of a private authority is trusted where its root is named: NODE_EXTRA_CA_CERTS=/path/to/root.pem.";
    return found("server-tls-untrusted", { cause, fix });
  }
  if (/not ready within|did not answer in time/.test(reason)) {
    const fix = "Check that the server runs, and that its url is the MCP endpoint itself (often ending in /mcp).";
    return found("server-silent", { cause, fix });
  }
  if (/refused|unknown|looked up|reached|network failure|cut|TLS/.test(reason)) {
    return found("server-unreachable", { cause, fix: `Check that the server runs, and its url in ${origin.name}.` });
  }
  if (/HTTP (429|5\d\d)/.test(reason)) {
    const fix =
      "The server is there and in trouble, or takes no more requests for now: look at its own log, and try again later.";
    return found("server-fails", { cause, fix });
  }
  return fallback(server, cause, "its url");
}

/** Codes with which Node refuses a certificate. */
const certificateWords = /\b(CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_CERT\w+|HOSTNAME_MISMATCH)\b/;

function fallback({ origin }: ServerConfig, cause: string, where: string): Finding {
  const fix = `Check ${where} in ${origin.name}; lectern mcp list shows the state of every server.`;
  return found("server-fails", { cause, fix });
}

/** A server's command as it is typed into a shell; secrets among its arguments are left out. */
const commandLine = ({ command = "", args }: ServerConfig): string =>
  [command, ...withoutSecretArguments(args)].map(quoted).join(" ");

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

import type { ServerConfig } from "../../../config/config.ts";
import type { ServerStatus } from "../../../mcp/toolbox.ts";
import type { Check, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import type { Refusal } from "../open-servers.ts";
import { count } from "./configuration.ts";

export const serverFaults = {
  "server-not-approved": warns(
    "config",
    "A project file names the server, and its definition was not approved, so it is not started.",
  ),
  "server-name-taken": fails("config", "Another server has the same name."),
  "server-variable-missing": fails("config", "The definition uses a variable that is not set."),
  "server-not-found": fails("service", "The server's program, or its working folder, does not exist."),
  "server-crashes": fails("service", "The server's process ends before it is ready; its last words are shown."),
  "server-silent": fails("service", "The server starts but does not answer in time."),
  "server-wants-sign-in": fails("auth", "The server wants a sign-in (401)."),
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
    async run({ servers }): Promise<Verdict> {
      const { status, refused } = await servers.servers();
      const refusal = refused.get(name);
      if (refusal?.kind === "of_other_program")
        return { skip: `${server.origin.name} is another program's, and it was not approved` };
      if (refusal !== undefined) return { findings: [notStarted(server, refusal)] };
      const state = status.find((candidate) => candidate.name === name);
      return state === undefined ? { skip: "it was not looked at" } : judge(server, state);
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

function judge(server: ServerConfig, { state, reason, tools, quarantined }: ServerStatus): Verdict {
  const note = `${count(tools, "tool")}.`;
  if (state === "ready" || state === "degraded") {
    if (quarantined.length === 0) return { note: reason === null ? note : `${note} (${reason})` };
    const held = quarantined.map(({ tool, reason: why }) => `${tool}: ${why}`).join("; ");
    const cause = `${count(quarantined.length, "tool")} of "${server.name}" cannot be offered: ${held}.`;
    const fix = "Have the server's maker correct the definition; the other tools work. lectern mcp list shows the same.";
    return { findings: [found("server-tools-held-back", { cause, fix })], note };
  }
  return { findings: [unusable(server, state, reason ?? "no reason given")] };
}

/** How the host tells that a process has ended, or no longer takes part. */
const endedWords = /exited with code|ended by SIG|last error output|reads its input|closed its output|connection closed/;

function unusable(server: ServerConfig, state: ServerStatus["state"], reason: string): Finding {
  const cause = `"${server.name}" cannot be used: ${reason}.`;
  const where = server.type === "stdio" ? "its command" : "its url";
  if (state === "needs_sign_in" || /sign-in|HTTP 401/.test(reason)) {
    return found("server-wants-sign-in", {
      cause,
      fix: `Give the server its token: "headers": { "Authorization": "Bearer \${TOKEN}" } in its definition, with TOKEN set in the environment.`,
    });
  }
  if (/was not found/.test(reason)) {
    return found("server-not-found", {
      cause,
      fix: `Install it, or correct ${where} in ${server.origin.name}; the PATH of this shell must find "${server.command ?? ""}".`,
    });
  }
  if (server.type === "stdio" && endedWords.test(reason)) {
    return found("server-crashes", {
      cause,
      fix: `Run its command by hand and read what it prints: ${[server.command, ...server.args].join(" ")}`,
    });
  }
  if (/not ready within|did not answer in time/.test(reason)) {
    const fix =
      server.type === "stdio"
        ? "Run its command by hand: it must answer on standard output, and print nothing else there. Programs that are still being downloaded (npx) need a first run."
        : "Check that the server runs, and that its url is the MCP endpoint itself (often ending in /mcp).";
    return found("server-silent", { cause, fix });
  }
  if (/refused|unknown|looked up|reached|network failure|cut|TLS/.test(reason) && server.type !== "stdio") {
    return found("server-unreachable", { cause, fix: `Check that the server runs, and ${where} in ${server.origin.name}.` });
  }
  return found("server-fails", {
    cause,
    fix: `Check ${where} in ${server.origin.name}; lectern mcp list shows the state of every server.`,
  });
}

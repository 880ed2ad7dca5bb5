import type { Config, ServerConfig } from "../../config/config.ts";
import { LecternError } from "../../core/errors.ts";
import type { Args, Command, Io } from "../command.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { askYes, lineAsker } from "../render/approval.ts";
import { loadForServers, printNotices, serverOptions } from "../servers.ts";

export const mcpTrust: Command = {
  name: "mcp trust",
  summary: "Approve what a project's files want to start or where they send credentials.",
  usage: "[SERVER | --endpoint] [--yes | --revoke] [FLAGS]",
  examples: [
    ["lectern mcp trust", "Everything that waits for approval, in full."],
    ["lectern mcp trust github", "Shows the whole command and asks; the approval is void when the definition changes."],
    ["lectern mcp trust github --yes", "For scripts: approves what is printed."],
    ["lectern mcp trust --endpoint", "Lets your key or token go to the endpoint that the project's files name."],
  ],
  words: 1,
  options: [
    ...serverOptions,
    { name: "endpoint", type: "boolean", summary: "Approve the project's Azure endpoint settings in place of a server." },
    { name: "yes", type: "boolean", summary: "Approve without asking." },
    { name: "revoke", type: "boolean", summary: "Take an approval back." },
  ],
  async run(args, io) {
    const config = await loadForServers(args, io);
    const [name] = args.positionals;
    if (args.flag("endpoint")) return decide(await endpointMatter(config), args, io);
    if (name === undefined) return listWaiting(config, io);
    return decide(await serverMatter(config, name, io), args, io);
  },
};

/** Something that can be approved. */
interface Matter {
  readonly name: string;
  /** In full, as a person has to read it. */
  readonly text: string;
  readonly question: string;
  /** How the approval is given without being asked. */
  readonly command: string;
  isApproved(): boolean;
  approve(): void;
  revoke(): void;
  /** What a person should know before `renew`, a line each. */
  review?(): Promise<readonly string[]>;
  /** Accepts changed definitions of what is approved already; absent where there is nothing of the kind. */
  renew?(): void;
}

async function serverMatter(config: Config, name: string, io: Io): Promise<Matter> {
  const server = config.servers.find((candidate) => candidate.name === name);
  if (!server) {
    throw new LecternError("usage", `No configuration names a server "${name}".`, {
      fix:
        config.servers.length > 0
          ? `Configured are: ${config.servers.map((candidate) => candidate.name).join(", ")}.`
          : "Add servers under mcpServers in lectern.config.json.",
    });
  }
  const [{ createTrust }, { forgetPins }] = await Promise.all([
    import("../../app/trust.ts"),
    import("../../app/pinned-toolbox.ts"),
  ]);
  const trust = createTrust(config);
  return {
    name: server.name,
    text: await serverText(server, config),
    question:
      server.type === "stdio" ? "May Lectern start exactly this, with your rights?" : "May Lectern connect to exactly this?",
    command: `lectern mcp trust ${server.name}`,
    isApproved: () => trust.isApproved(server),
    approve: () => trust.approve(server),
    revoke: () => trust.revoke(server),
    review: () => toolRemarks(server, config, io),
    renew: () => forgetPins(config, server.name),
  };
}

/** What changed in the tools of an approved server, and what is odd about them. */
async function toolRemarks(server: ServerConfig, config: Config, io: Io): Promise<readonly string[]> {
  const { listServers } = await import("../../app/mcp.ts");
  const { servers } = await listServers({ ...config, servers: [server] }, { env: io.env, signal: io.signal });
  return servers.flatMap(({ quarantined, flags, state, reason }) => [
    ...(state === "ready" || reason === null ? [] : [`  ${reason}`]),
    ...quarantined.map((held) => `  not offered: ${held.tool}: ${held.reason}`),
    ...flags.map((flag) => `  look at: ${flag.tool}: ${flag.reason}`),
  ]);
}

async function endpointMatter(config: Config): Promise<Matter> {
  const { endpointApproval } = await import("../../app/endpoint-trust.ts");
  const approval = endpointApproval(config);
  if (approval.lines.length === 0) {
    throw new LecternError("usage", "No file of the project names an endpoint.", {
      fix: "Nothing is to be approved: lectern config --show-origin says where each setting comes from.",
    });
  }
  return {
    name: "the endpoint settings",
    text: approval.lines.join("\n"),
    question: "May your key or token go there?",
    command: "lectern mcp trust --endpoint",
    isApproved: () => endpointApproval(config).isApproved,
    approve: approval.approve,
    revoke: approval.revoke,
  };
}

async function serverText(server: ServerConfig, config: Config): Promise<string> {
  const { approvalNotes, commandLine } = await import("../../app/trust.ts");
  const notes = approvalNotes(server, config).map((note) => `  ${note}`);
  return [server.origin.name, commandLine(server), ...notes].join("\n");
}

async function decide(matter: Matter, args: Args, io: Io): Promise<ExitCode> {
  io.stdout.write(`${matter.text}\n`);
  if (args.flag("revoke")) {
    matter.revoke();
    if (matter.isApproved()) {
      throw new LecternError(
        "usage",
        `${matter.name} stands in a file of your own and needs no approval that could be taken back.`,
        {
          fix: 'Remove it there, or switch it off in lectern.config.json: "disabled": true.',
        },
      );
    }
    io.stderr.write(`No longer approved: ${matter.name}.\n`);
    return 0;
  }
  if (matter.isApproved()) return renew(matter, args, io);
  if (!args.flag("yes") && !(await ask(matter, io))) {
    io.stderr.write("Not approved.\n");
    return exitCodes.config;
  }
  matter.approve();
  matter.renew?.();
  io.stderr.write(`Approved: ${matter.name}. The approval is void when the definition changes.\n`);
  return 0;
}

/** An approved server whose tools or words about itself changed since: taking them as they are is a decision too. */
async function renew(matter: Matter, args: Args, io: Io): Promise<ExitCode> {
  io.stderr.write("Already approved.\n");
  if (matter.renew === undefined) return 0;
  for (const line of (await matter.review?.()) ?? []) io.stdout.write(`${line}\n`);
  const question = "Accept its tools, and what it tells the model about itself, as they are now?";
  if (args.flag("yes") || (io.stdin.isTTY && (await ask({ ...matter, question }, io)))) {
    matter.renew();
    io.stderr.write("They are accepted as they are at the next start.\n");
  }
  return 0;
}

async function ask(matter: Pick<Matter, "question" | "command">, io: Io): Promise<boolean> {
  if (!io.stdin.isTTY) {
    throw new LecternError("usage", "There is nobody to ask here.", { fix: `Read the above; then: ${matter.command} --yes` });
  }
  return askYes(lineAsker(io), matter.question, io.signal);
}

async function listWaiting(config: Config, io: Io): Promise<ExitCode> {
  const { createTrust } = await import("../../app/trust.ts");
  const { endpointApproval } = await import("../../app/endpoint-trust.ts");
  const trust = createTrust(config);
  const waiting = config.servers.filter((server) => !trust.isApproved(server));
  for (const server of waiting)
    io.stdout.write(`${server.name}\n    ${(await serverText(server, config)).replaceAll("\n", "\n    ")}\n`);
  const endpoint = endpointApproval(config);
  const endpointWaits = endpoint.lines.length > 0 && !endpoint.isApproved;
  if (endpointWaits) io.stdout.write(`endpoint settings of the project\n    ${endpoint.lines.join("\n    ")}\n`);
  printNotices(config, io);
  if (waiting.length > 0) io.stderr.write(`Not started until approved. Approve one: lectern mcp trust ${waiting[0]!.name}\n`);
  if (endpointWaits)
    io.stderr.write("Used with the project's own credentials only. Approve for yours: lectern mcp trust --endpoint\n");
  if (waiting.length === 0 && !endpointWaits) io.stderr.write("Nothing waits for approval.\n");
  return 0;
}

import type { Config } from "../../config/config.ts";
import type { ReportedSetting } from "../../config/report.ts";
import type { Command, Io } from "../command.ts";
import { configFor } from "../configuration.ts";
import { printNotices } from "../servers.ts";
import { sessionOptions } from "../session.ts";

export const config: Command = {
  name: "config",
  summary: "Show the settings in force and where each comes from; no secrets.",
  usage: "[--show-origin] [FLAGS]",
  examples: [
    ["lectern config", "Every setting in force here."],
    ["lectern config --show-origin", "With the flag, variable or file that each comes from, and what it overrides."],
    ["lectern config --endpoint https://r.openai.azure.com --show-origin", "What these flags would change."],
    ["lectern config --json | jq .servers", "For programs."],
  ],
  options: [
    { name: "show-origin", type: "boolean", summary: "Say where each setting comes from." },
    { name: "json", type: "boolean", summary: "Print JSON, origins included." },
    ...sessionOptions,
  ],
  async run(args, io) {
    const inForce = await configFor(args, io, { flags: args.values });
    const { reportSettings } = await import("../../config/report.ts");
    const settings = reportSettings(inForce);
    const servers = await reportServers(inForce);
    const { files, notices } = inForce;
    if (args.flag("json")) io.stdout.write(`${JSON.stringify({ settings, servers, files, notices })}\n`);
    else print({ settings, servers, config: inForce, withOrigin: args.flag("show-origin") }, io);
    return 0;
  },
};

interface ReportedServer {
  readonly name: string;
  readonly type: string;
  readonly command: string;
  readonly origin: string;
  readonly approved: boolean;
}

async function reportServers(inForce: Config): Promise<readonly ReportedServer[]> {
  if (inForce.servers.length === 0) return [];
  const { commandLine, createTrust } = await import("../../app/trust.ts");
  const trust = createTrust(inForce);
  return inForce.servers.map((server) => ({
    name: server.name,
    type: server.type,
    command: commandLine(server),
    origin: server.origin.name,
    approved: trust.isApproved(server),
  }));
}

interface Report {
  readonly settings: readonly ReportedSetting[];
  readonly servers: readonly ReportedServer[];
  readonly config: Config;
  readonly withOrigin: boolean;
}

function print({ settings, servers, config: inForce, withOrigin }: Report, io: Io): void {
  for (const { path, value, origin, overrides } of settings) {
    io.stdout.write(`${path} = ${typeof value === "string" ? value : JSON.stringify(value)}\n`);
    if (!withOrigin) continue;
    io.stdout.write(`    ${origin.name}${overrides.length > 0 ? `, over ${overrides.toReversed().join(", ")}` : ""}\n`);
  }
  for (const server of servers) {
    const state = server.approved ? "" : "  (waits for approval: lectern mcp trust)";
    io.stdout.write(`server ${server.name}: ${server.command.replaceAll("\n", "\n    ")}${state}\n`);
    if (withOrigin) io.stdout.write(`    ${server.origin}\n`);
  }
  if (withOrigin && inForce.files.length > 0) io.stdout.write(`read: ${inForce.files.map((file) => file.path).join(", ")}\n`);
  printNotices(inForce, io);
}

import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { LecternError } from "../core/errors.ts";
import type { Args, Io, Option } from "./command.ts";

/** Flags of every command about a knowledge base. */
export const knowledgeOptions: readonly Option[] = [
  {
    name: "source",
    type: "string",
    value: "[NAME=]PATH",
    multiple: true,
    summary: "A file or folder of knowledge; default: the configuration's sources.",
  },
  { name: "config", type: "string", value: "FILE", summary: "Configuration file; default lectern.config.json here." },
  { name: "as-group", type: "string", value: "G", multiple: true, summary: "Read documents restricted to this group." },
];

/** The configuration with at least one source in it. No model is needed for these commands. */
export async function knowledgeConfig(args: Args, io: Io): Promise<Config> {
  const configFile = args.string("config");
  const config = await loadConfig({
    env: io.env,
    cwd: io.cwd,
    flags: { "log-level": args.string("log-level") },
    sources: args.strings("source"),
    ...(configFile === undefined ? {} : { configFile }),
  });
  if (config.sources.length > 0) return config;
  throw new LecternError("config", "No knowledge source is given.", {
    fix: 'Name a file or folder: --source ./handbook, or "sources" in lectern.config.json.',
  });
}

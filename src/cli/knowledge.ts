import type { Config } from "../config/config.ts";
import { LecternError } from "../core/errors.ts";
import type { Args, Io, Option } from "./command.ts";
import { configFor, configOption } from "./configuration.ts";

/** Flags of every command about a knowledge base. */
export const knowledgeOptions: readonly Option[] = [
  {
    name: "source",
    type: "string",
    value: "[NAME=]PATH",
    multiple: true,
    summary: "A file or folder of knowledge; default: the configuration's sources.",
  },
  configOption,
  { name: "as-group", type: "string", value: "G", multiple: true, summary: "Read documents restricted to this group." },
];

/** The configuration with at least one source in it. No model is needed for these commands. */
export async function knowledgeConfig(args: Args, io: Io): Promise<Config> {
  const config = await configFor(args, io, { flags: { "log-level": args.string("log-level") } });
  if (config.sources.length > 0) return config;
  throw new LecternError("config", "No knowledge source is given.", {
    fix: 'Name a file or folder: --source ./handbook, or "sources" in lectern.config.json.',
  });
}

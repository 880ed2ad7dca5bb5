import type { Config } from "../config/config.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import type { Args, Io, Option } from "./command.ts";

export const configOption: Option = {
  name: "config",
  type: "string",
  value: "FILE",
  summary: "Configuration file; default lectern.config.json here.",
};

/** Flags of every command that asks an Azure OpenAI deployment. */
export const azureOptions: readonly Option[] = [
  { name: "endpoint", type: "string", value: "URL", summary: "Azure OpenAI endpoint (AZURE_OPENAI_ENDPOINT)." },
  { name: "deployment", type: "string", value: "NAME", summary: "Deployment to ask (AZURE_OPENAI_DEPLOYMENT_NAME)." },
  { name: "api", type: "string", value: "API", summary: "auto (default), responses or chat." },
  { name: "api-version", type: "string", value: "V", summary: "A date selects the classic URLs; default is the v1 API." },
  { name: "auth", type: "string", value: "HOW", summary: "auto (default: the key when there is one), key or entra." },
];

/** The configuration in force here, with what was typed over it: `--config`, `--source`, and the flags that are settings. */
export function configFor(
  args: Args,
  io: Io,
  { flags, withoutSources }: Pick<LoadOptions, "flags" | "withoutSources">,
): Promise<Config> {
  const configFile = args.string("config");
  return loadConfig({
    env: io.env,
    cwd: io.cwd,
    sources: args.strings("source"),
    ...(flags === undefined ? {} : { flags }),
    ...(withoutSources === undefined ? {} : { withoutSources }),
    ...(configFile === undefined ? {} : { configFile }),
  });
}

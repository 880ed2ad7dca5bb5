import type { Approve } from "../agent/policy.ts";
import type { AnswerPolicy } from "../agent/prompt.ts";
import type { Credential } from "../azure/credentials.ts";
import type { Config } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import type { RunEvent } from "../core/events.ts";
import type { Model, ModelRequest } from "../core/model.ts";
import type { ServedTool } from "../core/served-tools.ts";
import type { Elicit } from "../mcp/elicitation.ts";
import type { SpawnedServer } from "../mcp/transport/spawn.ts";
import type { Log } from "../telemetry/log.ts";
import type { McpServerEntry } from "./given-servers.ts";

export type { Approve, Elicit };

/** What `createLectern` takes. Everything has a default; settings given here win over environment and files like flags do. */
export interface LecternOptions {
  /** A configuration made by `loadConfig`; absent: loaded from `env`, `cwd` and `configFile`. */
  readonly config?: Config;
  /** Variables in place of the process's own. */
  readonly env?: Environment;
  /** The folder whose `.env` and `lectern.config.json` are read, and that relative paths start from. Default: the process's own. */
  readonly cwd?: string;
  /** A configuration file in place of `lectern.config.json` in `cwd`; naming it is trusting it. */
  readonly configFile?: string;
  /** Run on the embedded emulator: no account, no network. Default false; never chosen unasked. */
  readonly emulator?: boolean;
  /** `https://<resource>.openai.azure.com`; default: AZURE_OPENAI_ENDPOINT. */
  readonly endpoint?: string;
  /** The deployment's own name; default: AZURE_OPENAI_DEPLOYMENT_NAME. */
  readonly deployment?: string;
  /** Default auto: Responses, or Chat Completions where the deployment wants that. */
  readonly api?: "auto" | "responses" | "chat";
  /** Default: the API key of the environment, else DefaultAzureCredential. */
  readonly credential?: Credential;
  /** Any other model in place of Azure OpenAI. */
  readonly model?: Model;
  /** Files and folders of the knowledge base. */
  readonly sources?: readonly (string | { readonly name?: string; readonly path: string })[];
  /** How the knowledge server runs: a process of its own (default), or inside this one over real JSON-RPC. */
  readonly transport?: "stdio" | "in_process";
  /** MCP servers by name, beside those of the configuration; one of the same name takes its place. */
  readonly mcpServers?: Readonly<Record<string, McpServerEntry>>;
  /** Tools of your own, in plain functions: served in this process, always allowed. */
  readonly tools?: readonly ServedTool[];
  /** Tools that may run unasked, beside the configuration's: globs over `server/tool` (`files/read_*`), or names of tools. */
  readonly allow?: readonly string[];
  /** Tools that never run, in the same form; stronger than `allow`. */
  readonly deny?: readonly string[];
  /** Asked for tool calls that no rule allows; absent: they are denied. */
  readonly approve?: Approve;
  /** Everything that would be asked runs. */
  readonly approveAll?: boolean;
  /** Asked on behalf of an MCP server that wants something from the person in the middle of a call; absent: servers are told that nobody can be asked. */
  readonly elicit?: Elicit;
  /** Added to what the model is told: tone, language, house rules. */
  readonly instructions?: string;
  /** Whether an answer may rest on anything but the sources (`open`). Default: `sources_only`. */
  readonly answerPolicy?: AnswerPolicy;
  /** Groups whose restricted documents may be read. */
  readonly groups?: readonly string[];
  /** Neither knowledge nor servers: the model alone. */
  readonly noTools?: boolean;
  /** Where runs are logged, see `createLog`; default: nowhere. */
  readonly log?: Log;
  /** Sees every request to the model as the agent makes it, tools and messages included: for traces. It only reads. */
  readonly onModelRequest?: (request: ModelRequest) => void;
  /** States of servers and notices outside a turn. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Server processes already started by the caller, by server name; Lectern ends them. */
  readonly adopt?: Readonly<Record<string, SpawnedServer>>;
  /** Ends the opening of servers; to stop an answer, hand a signal to `ask`. */
  readonly signal?: AbortSignal;
}

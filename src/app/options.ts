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

export type { Approve, Elicit };

/** What `createLectern` takes. Everything has a default; settings given here win over environment and files like flags do. */
export interface LecternOptions {
  /** A configuration made by `loadConfig`; absent: loaded from `env`, `cwd` and `configFile`. */
  readonly config?: Config;
  readonly env?: Environment;
  readonly cwd?: string;
  readonly configFile?: string;
  /** Run on the embedded emulator: no account, no network. Default false; never chosen unasked. */
  readonly emulator?: boolean;
  readonly endpoint?: string;
  readonly deployment?: string;
  readonly api?: "auto" | "responses" | "chat";
  /** Default: the API key of the environment, else DefaultAzureCredential. */
  readonly credential?: Credential;
  /** Any other model in place of Azure OpenAI. */
  readonly model?: Model;
  /** Files and folders of the knowledge base. */
  readonly sources?: readonly (string | { readonly name?: string; readonly path: string })[];
  /** How the knowledge server runs: a process of its own (default), or inside this one over real JSON-RPC. */
  readonly transport?: "stdio" | "in_process";
  /** Tools of your own, in plain functions: served in this process, always allowed. */
  readonly tools?: readonly ServedTool[];
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** Asked for tool calls that no rule allows; absent: they are denied. */
  readonly approve?: Approve;
  /** Everything that would be asked runs. */
  readonly approveAll?: boolean;
  /** Asked on behalf of an MCP server that wants something from the person in the middle of a call; absent: servers are told that nobody can be asked. */
  readonly elicit?: Elicit;
  readonly instructions?: string;
  readonly answerPolicy?: AnswerPolicy;
  /** Groups whose restricted documents may be read. */
  readonly groups?: readonly string[];
  /** Neither knowledge nor servers: the model alone. */
  readonly noTools?: boolean;
  readonly log?: Log;
  /** Sees every request to the model as the agent makes it, tools and messages included: for traces. It only reads. */
  readonly onModelRequest?: (request: ModelRequest) => void;
  /** States of servers and notices outside a turn. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Server processes already started by the caller, by server name; Lectern ends them. */
  readonly adopt?: Readonly<Record<string, SpawnedServer>>;
  readonly signal?: AbortSignal;
}

import type { Origin, OriginKind } from "./settings.ts";

export interface SourceConfig {
  /** Name in `kb://<name>/...`; made from the path where absent. */
  readonly name?: string;
  /** Absolute. */
  readonly path: string;
}

/** What VS Code would ask the user for (`${input:id}`). Here the variable `LECTERN_INPUT_<ID>` holds the answer. */
export interface ServerInput {
  readonly description?: string;
  readonly default?: string;
}

/** One MCP server as configured, variables not yet expanded: that happens only once it is trusted. */
export interface ServerConfig {
  /** Made of letters, digits, `_`, `.` and `-`; whatever else was written became `-`. */
  readonly name: string;
  readonly type: "stdio" | "http" | "sse";
  readonly command?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, unless it begins with a variable. */
  readonly envFile?: string;
  /** Absolute, unless it begins with a variable. */
  readonly cwd?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly includeTools?: readonly string[];
  readonly excludeTools?: readonly string[];
  /** A server of documents, as the operator says; always false for servers of project files. */
  readonly knowledge: boolean;
  /** What `${workspaceFolder}` stands for. */
  readonly workspaceFolder: string;
  readonly inputs: Readonly<Record<string, ServerInput>>;
  readonly origin: Origin;
}

export interface BackendConfig {
  readonly name?: string;
  readonly endpoint: string;
  readonly deployment?: string;
  readonly apiVersion?: string;
  /** Name of the variable that holds its own key. */
  readonly keyEnv?: string;
  readonly residency?: string;
}

interface AzureConfig {
  readonly endpoint?: string;
  readonly deployment?: string;
  readonly apiKey?: string;
  readonly apiVersion?: string;
  readonly api: "auto" | "responses" | "chat";
  readonly auth: "auto" | "key" | "entra";
  readonly scope?: string;
  readonly clientId?: string;
  readonly baseUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly keyHeader?: string;
  readonly caFile?: string;
  readonly trustedHosts?: readonly string[];
  readonly residency?: string;
  readonly backends?: readonly BackendConfig[];
  readonly pin?: string;
  readonly allowResidencyChange?: boolean;
}

/** Something the reader should know about how the configuration was read: what was left out, and why. */
export interface ConfigNotice {
  readonly code: string;
  readonly message: string;
}

/** Everything in force, in one validated object. Made by `loadConfig`; the rest of Lectern reads nothing else. */
export interface Config {
  readonly azure: AzureConfig;
  /** Only ever true because a flag, a variable or the `demo` command asked for it. */
  readonly emulator: boolean;
  readonly sources: readonly SourceConfig[];
  readonly servers: readonly ServerConfig[];
  readonly allow: readonly string[];
  readonly ask: readonly string[];
  readonly deny: readonly string[];
  readonly trusted: readonly string[];
  readonly instructions?: string;
  readonly answerPolicy: "sources_only" | "open";
  readonly limits: {
    readonly maxRounds?: number;
    readonly maxInputTokens?: number;
    readonly maxParallelTools?: number;
    readonly timeoutS: number;
    readonly idleTimeoutS?: number;
  };
  readonly logLevel: string;
  readonly cacheDir: string;
  readonly stateDir: string;
  /** Folder that relative paths of the configuration start from. */
  readonly root: string;
  /** Where each value came from, by dotted path. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The origins that the one in force was stronger than, by dotted path, strongest last. */
  readonly overridden: ReadonlyMap<string, readonly Origin[]>;
  /** Files that were read, weakest first; `.env` among them. */
  readonly files: readonly { readonly path: string; readonly kind: OriginKind }[];
  readonly notices: readonly ConfigNotice[];
  /** Variables with those of `.env` that a project may set below the real ones: for expanding servers' `${VAR}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of the variables that only `.env` sets. */
  readonly dotenvNames: ReadonlySet<string>;
}

import { existsSync } from "node:fs";
import { win32 } from "node:path";

/** What a stdio server is started from. */
export interface SpawnRequest {
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the reduced environment; wins over it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface SpawnPlanOptions {
  /** The environment the reduced default is taken from; the caller's, since only `config/env.ts` reads the process's own. */
  readonly baseEnv: Readonly<Record<string, string | undefined>>;
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /** Asked on Windows only, to find out what a bare command stands for. Default: the file system. */
  readonly fileExists?: (path: string) => boolean;
}

/** Exactly what `child_process.spawn` is called with. */
export interface SpawnPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  /** Own process group, so that the whole tree can be ended. Windows ends trees by parent id instead. */
  readonly detached: boolean;
  readonly windowsVerbatimArguments: boolean;
}

const posixVariables = [
  ...["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ"],
  // Where programs keep their caches and settings, and what a browser that a server opens needs.
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DISPLAY", "XAUTHORITY"],
];
const windowsVariables = [
  ...["APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE"],
  ...["PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP"],
  ...["USERNAME", "USERPROFILE", "WINDIR"],
];

/** How the outside is reached from here: without them nothing can be downloaded or asked in a network behind a proxy. In either case of letters. */
const networkVariables = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY", "NODE_USE_SYSTEM_CA"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
];

/** A proxy's password is a secret like any other. */
const holdsCredentials = (value: string): boolean => /\/\/[^/\s]*@|^[^/\s]+:[^/\s]+@/.test(value);

/**
 * The few variables a server needs to start and to reach the network. Keys and tokens of the host never reach a server unless its `env` names
 * them. Values that are shell functions (`() { ...`) are left out. Source: the default list of the official SDK 2.4, plus locale, zone, folders,
 * display and network.
 */
function reducedEnvironment(
  baseEnv: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Record<string, string> {
  const wanted = new Set(platform === "win32" ? windowsVariables : posixVariables);
  const reduced: Record<string, string> = {};
  for (const [name, value] of Object.entries(baseEnv)) {
    const isNetwork = networkVariables.includes(name.toUpperCase());
    const known = isNetwork || wanted.has(platform === "win32" ? name.toUpperCase() : name);
    if (!known || value === undefined || value.startsWith("()")) continue;
    if (!isNetwork || !holdsCredentials(value)) reduced[name] = value;
  }
  return reduced;
}

/** Quotes one argument for a program started without a shell on Windows. Source: the MSVC rules for parsing argv. */
function quoteWindowsArgument(argument: string): string {
  if (argument !== "" && !/[\s"]/.test(argument)) return argument;
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

/** What cmd.exe would act on, made literal. Batch files parse twice, so arguments for them are escaped twice. */
const escapeForCmd = (text: string): string => text.replace(/[()%!^"`<>&|;, *?[\]]/g, "^$&");

/** The file a bare command stands for, with the extension Windows would add. Batch files (npx.cmd) need cmd.exe, programs do not. */
function resolveWindowsCommand(
  request: SpawnRequest,
  env: Readonly<Record<string, string>>,
  exists: (path: string) => boolean,
): string {
  const variable = (name: string): string => Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1] ?? "";
  const extensions = (variable("PATHEXT") || ".COM;.EXE;.BAT;.CMD").split(";").map((extension) => extension.toLowerCase());
  // What stands behind a dot may be part of the name (`python3.11`, `acme.server`).
  const isWhole = extensions.some((extension) => request.command.toLowerCase().endsWith(extension));
  const candidates = isWhole ? [request.command] : extensions.map((extension) => request.command + extension);
  const folders = /[\\/]/.test(request.command)
    ? [""]
    : variable("PATH")
        .split(";")
        .map((folder) => folder.replace(/^"(.*)"$/, "$1"))
        .filter((folder) => folder !== "");
  for (const folder of folders) {
    for (const candidate of candidates) {
      const path = folder === "" ? candidate : `${folder.replace(/[\\/]$/, "")}\\${candidate}`;
      // A path is meant from the server's folder, where it will be started.
      if (exists(folder === "" && request.cwd !== undefined ? win32.resolve(request.cwd, path) : path)) return path;
    }
  }
  return request.command;
}

function planForWindows(request: SpawnRequest, env: Record<string, string>, options: SpawnPlanOptions): SpawnPlan {
  const file = resolveWindowsCommand(request, env, options.fileExists ?? existsSync);
  const args = request.args ?? [];
  const common = { env, cwd: request.cwd, detached: false };
  if (!/\.(cmd|bat)$/i.test(file)) return { ...common, file, args, windowsVerbatimArguments: false };
  const words = [
    escapeForCmd(`"${file}"`),
    ...args.map((argument) => escapeForCmd(escapeForCmd(quoteWindowsArgument(argument)))),
  ];
  const shell = Object.entries(env).find(([key]) => key.toUpperCase() === "COMSPEC")?.[1] ?? "cmd.exe";
  return { ...common, file: shell, args: ["/d", "/s", "/c", `"${words.join(" ")}"`], windowsVerbatimArguments: true };
}

/** How to start a server, decided without starting it. No shell is involved, except cmd.exe for batch files on Windows. */
export function planSpawn(request: SpawnRequest, options: SpawnPlanOptions): SpawnPlan {
  const platform = options.platform ?? process.platform;
  const env = { ...reducedEnvironment(options.baseEnv, platform), ...request.env };
  if (platform === "win32") return planForWindows(request, env, options);
  return {
    file: request.command,
    args: request.args ?? [],
    env,
    cwd: request.cwd,
    detached: true,
    windowsVerbatimArguments: false,
  };
}

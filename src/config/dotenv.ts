import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { LecternError } from "../core/errors.ts";
import type { ConfigNotice } from "./config.ts";
import { unusableLines } from "./dotenv-lines.ts";
import { type Environment, readDotenv } from "./env.ts";
import { visible } from "./visible.ts";

export interface ProjectDotenv {
  /** What counts, without what the real environment sets. */
  readonly values: Environment;
  /** Absolute; undefined where there is none. */
  readonly path: string | undefined;
  readonly notices: readonly ConfigNotice[];
}

/**
 * Names that a `.env` may not set, because they say where Lectern keeps what the user decided, whom it trusts on the network, who speaks for
 * the user's identity, or how programs start. They count only from the real environment.
 */
const reserved =
  /^(?:LECTERN_(?:STATE_DIR|CACHE_DIR|CA_FILE|EMULATOR)|(?:HTTPS?|ALL|NO|FTP)_PROXY|NODE_(?!ENV$).*|NPM_CONFIG_.*|OTEL_.*|SSL_.*|SSLKEYLOGFILE|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|XDG_.*|HOME|PATH|PATHEXT|COMSPEC|SHELL|BASH_ENV|TMPDIR|TEMP|TMP|USERPROFILE|APPDATA|LOCALAPPDATA|LD_.*|DYLD_.*|PYTHON(?:PATH|STARTUP|HOME)|IDENTITY_.*|MSI_.*|IMDS_.*|AZURE_FEDERATED_TOKEN_FILE|AZURE_CONFIG_DIR|AZURE_POD_IDENTITY_.*|AZURE_TOKEN_CREDENTIALS|AZURE_REGIONAL_AUTHORITY_NAME|AZURE_KUBERNETES_.*)$/i;

/** Whether a `.env` may set a variable. An identity is a matter of its own: all of it from one place. */
export const mayDotenvSet = (name: string): boolean => !reserved.test(name);

/** Who we are towards Azure. A part from here and a part from there would send the one's secret where the other says. */
const identityNames = [
  "AZURE_CLIENT_ID",
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  "AZURE_USERNAME",
  "AZURE_PASSWORD",
  "AZURE_AUTHORITY_HOST",
  "AZURE_FEDERATED_TOKEN_FILE",
];

/** Sign-in hosts of Microsoft's clouds. Source: learn.microsoft.com/entra/identity-platform/authentication-national-cloud, read 2026-11. */
const authorities =
  /^(?:https:\/\/)?(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn|login\.chinacloudapi\.cn)\/?$/i;

/**
 * Reads the project's `.env`: below the real environment, and without the names that a project may not set. Throws `config` where it cannot
 * be read, or is a link to a file outside the project: somebody else's secrets would then count as the project's own.
 */
export function loadProjectDotenv(cwd: string, real: Environment): ProjectDotenv {
  const path = join(cwd, ".env");
  const written = readChecked(path, cwd);
  if (written === undefined) return { values: {}, path: undefined, notices: [] };
  const names = Object.keys(written);
  const isSet = (name: string): boolean => (real[name] ?? "").trim() !== "";
  const identityElsewhere = identityNames.find(isSet);
  const isForeignAuthority = (name: string): boolean => name === "AZURE_AUTHORITY_HOST" && !authorities.test(written[name] ?? "");
  const refused = names.filter((name) => !isSet(name) && (!mayDotenvSet(name) || isForeignAuthority(name)));
  const mixed = identityElsewhere ? names.filter((name) => identityNames.includes(name) && !isSet(name)) : [];
  const dropped = new Set([...refused, ...mixed]);
  const lines = unusableLines(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  return {
    path,
    values: Object.fromEntries(Object.entries(written).filter(([name]) => !dropped.has(name))),
    notices: [
      ...(refused.length > 0 ? [{ code: "dotenv_reserved", message: reservedMessage(refused) }] : []),
      ...(mixed.length > 0 ? [{ code: "dotenv_identity", message: mixedMessage(mixed, identityElsewhere!) }] : []),
      ...(lines.length > 0 ? [{ code: "dotenv_lines", message: linesMessage(lines) }] : []),
    ],
  };
}

const shown = (names: readonly string[]): string => visible(names.toSorted().join(", "));

const reservedMessage = (names: readonly string[]): string =>
  `.env sets ${shown(names)}: not used, since a project may not decide that. If you mean it, export ${names.length === 1 ? "it" : "them"} in your shell${names.includes("LECTERN_EMULATOR") ? " (or pass --emulator)" : ""}.`;

const mixedMessage = (names: readonly string[], elsewhere: string): string =>
  `.env sets ${shown(names)}, but the environment already sets ${elsewhere}: an identity is taken from one place only, so .env's part is not used.`;

const linesMessage = (lines: readonly number[]): string => {
  const [first, ...more] = lines.slice(0, 8);
  const places = more.length === 0 ? `line ${first}` : `lines ${[first, ...more].join(", ")}${lines.length > 8 ? ", …" : ""}`;
  return `.env, ${places}: not used as it stands; a line is NAME=value, # comment or empty, and a quote is closed.`;
};

function readChecked(path: string, cwd: string): Environment | undefined {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink() && !isInside(realpathSync(path), realpathSync(cwd))) {
      throw new LecternError(
        "config",
        `${path} is a link to a file outside the project, so its values are not the project's own.`,
        {
          fix: "Replace the link by a file of its own, or export the variables in your shell.",
        },
      );
    }
    return readDotenv(path);
  } catch (error) {
    if (error instanceof LecternError) throw error;
    throw new LecternError("config", `${path} cannot be read: ${(error as Error).message}`, {
      fix: "Make it a readable text file, or remove it.",
      cause: error,
    });
  }
}

/** True for the folder itself and everything below it. Both must be real paths. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

import type { ServerConfig } from "../config/config.ts";
import { inputVariable } from "../config/expand.ts";
import { secretFlag, secretParameter } from "../config/visible.ts";
import { redactText } from "../telemetry/redact.ts";

/** A server's definition as it may stand in a committed file. */
export interface ImportedServer {
  readonly name: string;
  readonly entry: Readonly<Record<string, unknown>>;
  /** Variables that now stand for secrets, and those the definition used already. */
  readonly variables: readonly string[];
}

const secretName =
  /(?:^|[-_])(?:api[-_]?key|key|token|secret|password|passwd|pwd|pat|credentials?|auth|authorization|cookie)s?$/i;
const usesVariable = /\$\{/;

/**
 * Takes every secret out of a definition and puts a variable in its place: values under a secret's name in variables and headers, arguments
 * behind a secret's flag, and whatever looks like a key or token. Inputs of VS Code become the variables that hold their answers.
 */
export function importServer(server: ServerConfig): ImportedServer {
  const variables = new Set<string>();
  const stands = (name: string): string => {
    variables.add(name);
    return `\${${name}}`;
  };
  const prefix = variableName(server.name);
  const plain = (text: string): string => text.replace(/\$\{input:([^}:]+)\}/g, (_, id: string) => stands(inputVariable(id)));
  const inEnv = ([name, value]: [string, string]): [string, string] =>
    isSecret(name, value) ? [name, stands(name)] : [name, plain(value)];
  const inHeader = ([name, value]: [string, string]): [string, string] => {
    if (!isSecret(name, value)) return [name, plain(value)];
    const [, scheme = ""] = /^(Bearer |Basic |token )/i.exec(value) ?? [];
    return [name, scheme + stands(`${prefix}_${variableName(name)}`)];
  };
  const args = server.args.map((argument, index) =>
    withoutSecret(argument, server.args[index - 1], () => stands(`${prefix}_TOKEN`)),
  );
  const url = server.url === undefined ? undefined : urlWithoutSecret(server.url, () => stands(`${prefix}_TOKEN`));
  const entry = {
    ...(server.type === "stdio" ? {} : { type: server.type }),
    ...(server.command === undefined ? {} : { command: plain(server.command) }),
    ...(args.length === 0 ? {} : { args: args.map(plain) }),
    ...(url === undefined ? {} : { url: plain(url) }),
    ...nonEmpty("env", Object.fromEntries(Object.entries(server.env).map(inEnv))),
    ...nonEmpty("headers", Object.fromEntries(Object.entries(server.headers).map(inHeader))),
    ...(server.envFile === undefined ? {} : { envFile: plain(server.envFile) }),
    ...(server.cwd === undefined ? {} : { cwd: plain(server.cwd) }),
    ...(server.timeoutMs === undefined ? {} : { timeout: server.timeoutMs }),
    ...(server.includeTools === undefined ? {} : { includeTools: server.includeTools }),
    ...(server.excludeTools === undefined ? {} : { excludeTools: server.excludeTools }),
  };
  return { name: server.name, entry, variables: [...variables].sort() };
}

const nonEmpty = (name: string, values: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.keys(values).length === 0 ? {} : { [name]: values };

const variableName = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase();

function isSecret(name: string, value: string): boolean {
  if (usesVariable.test(value) || value === "") return false;
  return secretName.test(name) || looksSecret(value);
}

/** Long, and of letters and digits without the shape of a path, an address or words. */
const looksSecret = (value: string): boolean =>
  redactText(value) !== value || (/^[\w+=~-]{24,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value));

function withoutSecret(argument: string, before: string | undefined, variable: () => string): string {
  if (usesVariable.test(argument)) return argument;
  if (before !== undefined && secretFlag.test(before) && !argument.startsWith("-")) return variable();
  const [, flag = "", value = ""] = /^(--?[\w-]+=)(.+)$/.exec(argument) ?? [];
  if (flag !== "" && (secretFlag.test(flag.slice(0, -1)) || looksSecret(value))) return flag + variable();
  if (/^[a-z][\w+.-]*:\/\//i.test(argument)) return urlWithoutSecret(argument, variable);
  return looksSecret(argument) ? variable() : argument;
}

function urlWithoutSecret(text: string, variable: () => string): string {
  return text
    .replace(/^([a-z][\w+.-]*:\/\/[^/@?#:]*):[^/@?#]+@/i, (_, before: string) => `${before}:${variable()}@`)
    .replace(secretParameter, (_, before: string) => before + variable());
}

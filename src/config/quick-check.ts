import { isJsonObject } from "../core/json.ts";
import type { ConfigFile, ServerEntry } from "./schema.ts";
import { logLevels } from "./settings.ts";

/**
 * The schema once more, as plain predicates: what they accept, zod accepts too (a test holds that), so that zod, which takes 45 ms of CPU to
 * load, is needed only to say what is wrong with a file.
 */
type Check = (value: unknown) => boolean;

const anyText: Check = (value) => typeof value === "string";
const text: Check = (value) => typeof value === "string" && value !== "";
const truth: Check = (value) => typeof value === "boolean";
const daySeconds: Check = (value) => positive(value) && (value as number) <= 86_400;
const positive: Check = (value) => typeof value === "number" && Number.isFinite(value) && value > 0;
const whole =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
const oneOf =
  (...choices: readonly unknown[]): Check =>
  (value) =>
    choices.includes(value);
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);
const record =
  (item: Check, name: Check = anyText): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(value).every(([key, member]) => name(key) && item(member));
/** Only these members; `loose` lets others be. */
const members =
  (known: Readonly<Record<string, Check>>, options: { readonly loose?: boolean } = {}): Check =>
  (value) =>
    isJsonObject(value) &&
    Object.entries(value).every(([key, member]) => (Object.hasOwn(known, key) ? known[key]!(member) : options.loose === true));

const simple: Check = (value) => value === null || ["string", "number", "boolean"].includes(typeof value);
const serverMembers = members(
  {
    ...{ type: oneOf("stdio", "http", "streamable-http", "sse"), command: text, args: list(anyText), env: record(simple) },
    ...{ envFile: anyText, cwd: anyText, url: anyText, headers: record(anyText), timeout: positive },
    ...{ includeTools: list(text), excludeTools: list(text), disabled: truth, knowledge: truth },
  },
  { loose: true },
);

/** True for an entry of `mcpServers` that is surely right; false says nothing. */
export const isServerEntry = (value: unknown): value is ServerEntry => {
  if (!serverMembers(value)) return false;
  const { command, url, disabled } = value as ServerEntry;
  return disabled === true || (command === undefined) !== (url === undefined);
};

const serverName: Check = (value) => text(value) && (value as string).length <= 200;
const sourceName: Check = (value) => typeof value === "string" && /^[\w.-]{1,64}$/.test(value);
const source: Check = (value) => text(value) || (members({ name: sourceName, path: text })(value) && "path" in (value as object));
const variableName: Check = (value) => typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value);
const backendMembers = members({
  name: text,
  endpoint: text,
  deployment: text,
  apiVersion: anyText,
  keyEnv: variableName,
  residency: anyText,
});
const backend: Check = (value) => backendMembers(value) && "endpoint" in (value as object);

const file = members({
  $schema: anyText,
  azure: members({
    ...{ endpoint: text, deployment: text, apiVersion: anyText, scope: anyText, clientId: anyText, baseUrl: anyText },
    ...{ api: oneOf("auto", "responses", "chat"), auth: oneOf("auto", "key", "entra") },
    ...{ headers: record(anyText), keyHeader: anyText, caFile: anyText, trustedHosts: list(text), backends: list(backend) },
    ...{ residency: anyText, pin: text, allowResidencyChange: truth },
  }),
  sources: list(source),
  mcpServers: record(isServerEntry, serverName),
  mcpFiles: truth,
  ...{ allow: list(text), ask: list(text), deny: list(text), trusted: list(text) },
  instructions: anyText,
  answerPolicy: oneOf("sources_only", "open"),
  limits: members({
    ...{ maxRounds: whole(1, 100), maxInputTokens: whole(100), maxParallelTools: whole(1, 256) },
    ...{ timeoutS: daySeconds, idleTimeoutS: daySeconds },
  }),
  log: members({ level: oneOf(...logLevels) }),
});

/** True for the content of a `lectern.config.json` that is surely right; false says nothing. */
export const isConfigFile = (value: unknown): value is ConfigFile => file(value);

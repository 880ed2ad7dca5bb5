import { readFileSync } from "node:fs";
import { closest } from "../core/closest.ts";
import { LecternError } from "../core/errors.ts";
import { isJsonObject, type Json } from "../core/json.ts";
import { parseConfigJson } from "./jsonc.ts";
import { inOurWords } from "./other-programs.ts";
import { isConfigFile } from "./quick-check.ts";
import type { ConfigFile } from "./schema.ts";
import { visible } from "./visible.ts";
import { type Issue, wrongValue } from "./wrong-value.ts";

/** Reads and checks one `lectern.config.json` (or the user's `config.json`). Throws `config` naming the file, the setting and the fix. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const parsed = withServersInOurWords(parseFile(path));
  if (
    isJsonObject(parsed) &&
    isJsonObject(parsed.azure) &&
    ["apiKey", "key", "api_key"].some((name) => name in (parsed.azure as object))
  ) {
    throw new LecternError("config", `${path} holds an API key under "azure".`, {
      fix: "Remove it from the file, rotate the key, and set AZURE_OPENAI_API_KEY in the environment or .env instead.",
    });
  }
  if (isJsonObject(parsed) && "emulator" in parsed) {
    throw new LecternError("config", `${path}: "emulator" is no setting: the emulator never runs because a file says so.`, {
      fix: "Remove it, and pass --emulator or set LECTERN_EMULATOR=1.",
    });
  }
  if (isConfigFile(parsed)) return parsed;
  const { configSchema } = await import("./schema.ts");
  const checked = configSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  throw problemIn(path, { issue: checked.error.issues[0]!, content: parsed, shape: configSchema.shape });
}

/** Entries are copied from other programs' files, with words that only those know. */
function withServersInOurWords(content: Json): Json {
  if (!isJsonObject(content) || !isJsonObject(content.mcpServers)) return content;
  const servers = Object.entries(content.mcpServers).map(([name, entry]) => [name, inOurWords(entry)]);
  return { ...content, mcpServers: Object.fromEntries(servers) };
}

function parseFile(path: string): Json {
  try {
    return parseConfigJson(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LecternError("config", `${path} cannot be read as JSON: ${(error as Error).message}.`, {
      fix: "Correct the file; it is plain JSON without comments.",
      cause: error,
    });
  }
}

interface Refused {
  readonly issue: Issue;
  readonly content: Json;
  readonly shape: Readonly<Record<string, unknown>>;
}

/** What other programs' files have on top, for whoever copied one into ours. */
const othersWords: ReadonlyMap<string, string> = new Map([
  ["servers", 'VS Code\'s "servers" is called "mcpServers" here.'],
  ["mcp", 'What VS Code\'s settings have under "mcp": {"servers": …} stands under "mcpServers" here.'],
  ["context_servers", 'Zed\'s "context_servers" is called "mcpServers" here.'],
  ["inputs", "Remove it: $" + "{input:ID} is filled in from the variable LECTERN_INPUT_<ID>, as in LECTERN_INPUT_API_KEY."],
]);

function problemIn(file: string, { issue, content, shape }: Refused): LecternError {
  const [unknown] = issue.keys ?? [];
  if (issue.code === "unrecognized_keys" && unknown !== undefined) {
    const near = closest(unknown, Object.keys(knownAt(shape, issue.path)));
    const others = issue.path.length === 0 ? othersWords.get(unknown) : undefined;
    return new LecternError("config", `${file}: unknown setting "${visible([...issue.path, unknown].join("."))}".`, {
      fix: others ?? (near ? `Did you mean "${near}"?` : "Remove it; docs/reference/configuration.md lists what there is."),
    });
  }
  const { path, problem, fix } = wrongValue(issue, content);
  const where = path.length === 0 ? "the file" : `"${visible(path.join("."))}"`;
  return new LecternError("config", `${file}: ${where} ${problem}.`, {
    fix: fix ?? `Correct ${where}; docs/reference/configuration.md says what it may hold.`,
  });
}

/** The settings that stand at a path of the schema, for "did you mean". */
function knownAt(shape: Readonly<Record<string, unknown>>, path: readonly PropertyKey[]): Readonly<Record<string, unknown>> {
  let at: unknown = shape;
  for (const key of path) {
    const next = (at as Record<PropertyKey, unknown> | undefined)?.[key] as
      | { unwrap?: () => { shape?: unknown }; shape?: unknown }
      | undefined;
    at = next?.shape ?? next?.unwrap?.().shape;
  }
  return (at ?? {}) as Readonly<Record<string, unknown>>;
}

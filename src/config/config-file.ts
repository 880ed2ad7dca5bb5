import { readFileSync } from "node:fs";
import { closest } from "../core/closest.ts";
import { LecternError } from "../core/errors.ts";
import { isJsonObject, type Json } from "../core/json.ts";
import { parseConfigJson } from "./jsonc.ts";
import { isConfigFile } from "./quick-check.ts";
import type { ConfigFile } from "./schema.ts";
import { visible } from "./visible.ts";

/** Reads and checks one `lectern.config.json` (or the user's `config.json`). Throws `config` naming the file, the setting and the fix. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const parsed = parseFile(path);
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
  throw problemIn(path, checked.error.issues[0]!, configSchema.shape);
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

interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

function problemIn(path: string, issue: Issue, shape: Readonly<Record<string, unknown>>): LecternError {
  const where = visible(issue.path.join("."));
  const [unknown] = issue.keys ?? [];
  if (issue.code === "unrecognized_keys" && unknown !== undefined) {
    const near = closest(unknown, Object.keys(knownAt(shape, issue.path)));
    return new LecternError("config", `${path}: unknown setting "${visible([...issue.path, unknown].join("."))}".`, {
      fix: near ? `Did you mean "${near}"?` : "Remove it; docs/reference/configuration.md lists what there is.",
    });
  }
  return new LecternError("config", `${path}: ${where === "" ? "the file" : `"${where}"`}: ${issue.message}.`, {
    fix: `Correct ${where === "" ? "the file" : `"${where}"`}; docs/reference/configuration.md says what it may hold.`,
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

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { projectConfigName } from "../../config/places.ts";
import { LecternError } from "../../core/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { Answers } from "./answers.ts";

export interface SetupFile {
  readonly path: string;
  readonly content: string;
}

const schemaPath = "node_modules/lectern/docs/reference/config.schema.json";

/** `lectern.config.json` as the answers say; what they say nothing of stays as it is. Holds no secret: keys and tokens are variables. */
export function configFileOf(answers: Answers, cwd: string): SetupFile {
  const { azure, sources, servers } = answers;
  const path = join(cwd, projectConfigName);
  const before = existing(path);
  const content = {
    ...(existsSync(join(cwd, schemaPath)) ? { $schema: `./${schemaPath}` } : {}),
    ...before,
    ...(azure ? { azure: { ...objectAt(before, "azure"), ...azure } } : {}),
    ...(sources.length > 0 ? { sources: sources.map((source) => sourceEntry(source, cwd)) } : {}),
    ...(servers.length > 0
      ? {
          mcpServers: {
            ...objectAt(before, "mcpServers"),
            ...Object.fromEntries(servers.map(({ name, entry }) => [name, entry])),
          },
        }
      : {}),
  };
  return { path, content: `${JSON.stringify(content, null, 2)}\n` };
}

/** What stands there now; nothing where there is no file or no JSON in it. */
function existing(path: string): JsonObject {
  const parsed = existsSync(path) ? parseJson(readFileSync(path, "utf8").replace(/^\uFEFF/, "")) : undefined;
  return isJsonObject(parsed) ? parsed : {};
}

/** Whether the configuration as it stands names sources, from an earlier setup for example. */
export const namesSources = (cwd: string): boolean => {
  const { sources } = existing(join(cwd, projectConfigName));
  return Array.isArray(sources) && sources.length > 0;
};

const objectAt = (content: JsonObject, name: string): JsonObject => {
  const value = content[name];
  return isJsonObject(value) ? value : {};
};

/** `.env.example`: the variables that this setup reads, without values. What stands there already stays; what is missing is added. */
export function envExampleOf(answers: Answers, cwd: string): SetupFile {
  const path = join(cwd, ".env.example");
  const before = existsSync(path) ? readFileSync(path, "utf8").trimEnd() : "";
  const isThere = (line: string): boolean => new RegExp(`^#? ?${line}`, "m").test(before);
  const blocks = blocksFor(answers)
    .map(({ about, variables }) => ({ about, variables: variables.filter((name) => !isThere(`${name}=`)) }))
    .filter(({ variables, about }) => variables.length > 0 || (before === "" && about !== ""));
  const added = blocks.map(({ about, variables }) => [`# ${about}`, ...variables.map((name) => `${name}=`)].join("\n"));
  const head = before === "" ? "# Copy this file to .env and fill it in. Keep .env out of the repository." : before;
  return { path, content: `${[head, ...added].join("\n\n")}\n` };
}

interface Block {
  readonly about: string;
  readonly variables: readonly string[];
}

function blocksFor({ azure, servers }: Answers): readonly Block[] {
  const ofServers = servers.map(({ name, variables }) => ({
    about: variables.length > 0 ? `MCP server ${name}` : "",
    variables,
  }));
  return [blockForAzure(azure), ...ofServers];
}

function blockForAzure(azure: Answers["azure"]): Block {
  if (azure === undefined) {
    const variables = ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_DEPLOYMENT_NAME", "AZURE_OPENAI_API_KEY"];
    return { about: "An Azure OpenAI deployment. Leave the key out to sign in with Entra ID.", variables };
  }
  if (azure.auth === "entra")
    return { about: "No key is needed: sign in with az login here; in the cloud a managed identity does.", variables: [] };
  return { about: `The key of ${azure.endpoint}; leave it out to sign in with Entra ID.`, variables: ["AZURE_OPENAI_API_KEY"] };
}

function sourceEntry({ name, path }: Answers["sources"][number], cwd: string): unknown {
  const below = relative(cwd, path).split(sep).join("/");
  const shown = below === "" ? "." : `./${below}`;
  return name === undefined ? shown : { name, path: shown };
}

/** Files that would be changed: those that exist with another content. */
export const changedFiles = (files: readonly SetupFile[]): readonly SetupFile[] =>
  files.filter(({ path, content }) => existsSync(path) && readFileSync(path, "utf8") !== content);

/** Throws `config` where one cannot be written. */
export function writeFiles(files: readonly SetupFile[]): void {
  for (const { path, content } of files) {
    try {
      writeFileSync(path, content);
    } catch (error) {
      throw new LecternError("config", `${path} cannot be written: ${(error as Error).message}`, {
        fix: "Run lectern init in a folder of your own.",
        cause: error,
      });
    }
  }
}

/** Whether a `.env` here would be committed: there is a repository, and its .gitignore does not name it. A look, not git's own rules. */
export function wouldCommitDotenv(cwd: string): boolean {
  if (!existsSync(join(cwd, ".git"))) return false;
  const ignore = join(cwd, ".gitignore");
  return !existsSync(ignore) || !/^\/?(?:\*\*\/)?(?:\.env|\.env\*|\*\.env)\s*$/m.test(readFileSync(ignore, "utf8"));
}

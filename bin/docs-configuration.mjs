// docs/reference/configuration.md: every setting, from the schema and the table of settings; the rules of trust in words.
import { mayDotenvSet } from "../src/config/dotenv.ts";
import { projectConfigName, projectServerFiles } from "../src/config/places.ts";
import { settings } from "../src/config/settings.ts";

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text) => `\`${text}\``;

function typeOf(schema) {
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === "object") return schema.properties ? `{${Object.keys(schema.properties).join(", ")}}` : "object";
  if (schema.type === "integer" || schema.type === "number") return rangeOf(schema);
  return Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "any");
}

function rangeOf({ minimum, maximum, exclusiveMinimum, type }) {
  const from = minimum ?? (exclusiveMinimum === undefined ? undefined : `above ${exclusiveMinimum}`);
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return [
    type,
    ...(from === undefined ? [] : [bounded ? `${from} to ${maximum}` : `${typeof from === "number" ? "from " : ""}${from}`]),
  ].join(", ");
}

/** Settings of the file by dotted path; `azure`, `limits` and `log` are taken apart, `mcpServers` has a table of its own. */
function fileSettings(schema) {
  return Object.entries(schema.properties).flatMap(([name, property]) =>
    ["azure", "limits", "log"].includes(name)
      ? Object.entries(property.properties).map(([child, at]) => [`${name}.${child}`, at])
      : [[name, property]],
  );
}

function settingRows(schema) {
  const inFile = new Map(fileSettings(schema));
  const paths = [...inFile.keys(), ...settings.map((setting) => setting.path).filter((path) => !inFile.has(path))];
  return paths.map((path) => {
    const property = inFile.get(path);
    const setting = settings.find((known) => known.path === path);
    const env = setting?.env
      ? `${code(setting.env)}${mayDotenvSet(setting.env) ? "" : " (not in .env)"}`
      : path === "sources"
        ? ""
        : "";
    const flag = path === "sources" ? code("--source") : setting?.flag ? code(`--${setting.flag}`) : "";
    const what = property
      ? `${typeOf(property)}. ${property.description ?? ""}`
      : {
          "azure.apiKey": "The API key. Never in a file of settings.",
          emulator: "Runs on the embedded emulator. Never from a file.",
        }[path];
    return `| ${code(path)} | ${cell(what)} | ${flag} | ${env} | ${property ? "yes" : "no"} |`;
  });
}

const serverRows = (schema) =>
  Object.entries(schema.properties.mcpServers.additionalProperties.properties).map(
    ([name, property]) => `| ${code(name)} | ${cell(`${typeOf(property)}. ${property.description ?? ""}`)} |`,
  );

const trust = `## What a project may decide

A cloned repository must not run or leak anything. So files of a project (${code(projectConfigName)}, ${projectServerFiles.map(code).join(", ")}, ${code(".env")}) count less than what you typed,
exported or keep in your own configuration file. A file you name by ${code("--config")} counts as typed.

| matter | rule |
|---|---|
| MCP servers | Not started and not connected to, and no variable is filled in, before you approved the exact definition: ${code("lectern mcp trust NAME")} shows it in full, invisible characters written out. The approval is a hash in your state folder; it is void when the definition changes, or a value of ${code(".env")} or of its ${code("envFile")} that goes into it. Where nobody can be asked the server stays off, and the reason names the command. |
| Names | One server a name; yours wins over the project's. ${code("knowledge")}, ${code("tools")} and ${code("lectern")} are Lectern's own. |
| Tools | ${code("allow")} of a project reaches only the project's own servers; its ${code("ask")} and ${code("deny")} are added to yours; its ${code("trusted")} is not used. When a project brings ${code("instructions")}, tools of your own servers are asked for, even allowed ones. |
| Endpoint | A credential never goes where a less trusted place says (order: what you typed, exported or keep in your own file; ${code(".env")}; the project's other files). That holds for ${["endpoint", "baseUrl", "backends", "headers", "keyHeader", "caFile"].map(code).join(", ")}. To allow what a project says: ${code("lectern mcp trust --endpoint")}; void on change. Harmless, so not asked for: an Entra token to Azure's own hosts over https; a key of ${code(".env")} to them or to this machine. |
| Entra tokens | Only over https, only to Azure's own hosts and to ${code("azure.trustedHosts")} of your own file, and from a project only with a scope of Azure's model services. |
| Your endpoint | A project cannot silently replace one that your own file names. |
| Sources | A project's sources lie in the project, links followed. Others: ${code("--source PATH")}. |
| ${code(".env")} | A file in the project (no link to elsewhere). It cannot set where Lectern keeps approvals and caches, certificates, proxies, options of Node, the sign-in's host, the machine's identity endpoints, or the emulator; what it tries is named in a notice. An identity (client, tenant, secret) is taken from one place as a whole. Its values never reach a server of your own file. |
| Emulator | Only by ${code("--emulator")}, ${code("LECTERN_EMULATOR=1")} or the ${code("demo")} command. |

What this does not cover: the content of a script that an approved command runs, and what a program you approved does. An approval means: this may run with your rights.
`;

const variables = `## Variables in servers

| written | becomes |
|---|---|
| \`\${VAR}\`, \`\${env:VAR}\` | the variable of the environment, else of \`.env\`; not set is an error that names it |
| \`\${VAR:-default}\` | the same, or the default |
| \`\${input:id}\` | \`LECTERN_INPUT_<ID>\` (letters and digits in capitals, all else \`_\`), or the input's default |
| \`\${workspaceFolder}\`, \`\${workspaceFolderBasename}\`, \`\${userHome}\` | the folder of the file (of \`.vscode\`, \`.cursor\` and the like: the one above it), its name, your home |

They are filled in in \`command\`, \`args\`, \`env\`, \`envFile\`, \`cwd\`, \`url\` and \`headers\`, once, and only when the server may start.
`;

export function configurationReference(schema) {
  return [
    "# Configuration",
    "",
    "<!-- Generated by bin/generate-docs.mjs from src/config. -->",
    "",
    "Nothing has to be configured to try Lectern (`lectern demo`). `lectern init` asks what is needed and writes the file;",
    "`lectern config --show-origin` shows what is in force and where it comes from.",
    "",
    "## Where settings come from, strongest first",
    "",
    "1. flags",
    "2. the environment",
    "3. `.env` in the current folder",
    "4. `lectern.config.json` in the current folder, or the file named by `--config`, which is then read in place of all files of the project",
    "5. your own file: `~/.config/lectern/config.json` (`XDG_CONFIG_HOME`; Windows: `%APPDATA%\\lectern\\config.json`), same settings",
    "6. defaults",
    "",
    "The rules (`allow`, `ask`, `deny`, `trusted`) and servers of all files are joined. Relative paths start from the file they stand in. A variable that is",
    "set to nothing counts as not set. Secrets come from the environment, `.env` or an identity; a key in a file is refused.",
    "",
    `MCP servers are also read from ${projectServerFiles.map(code).join(" and ")} (Claude's \`mcpServers\`, VS Code's \`servers\` and \`inputs\`; comments allowed), and from any file`,
    "of another program named by `--config` ([which](../guide/connect-servers.md#copied-from-another-program)). `lectern init` imports them.",
    "",
    "## Settings",
    "",
    "For completion in your editor, reference the schema in the file's first line:",
    '`"$schema": "./node_modules/lectern/docs/reference/config.schema.json"` ([config.schema.json](config.schema.json)).',
    "",
    "| setting | what it is | flag | variable | in files |",
    "|---|---|---|---|---|",
    ...settingRows(schema),
    "",
    "Read from the environment only: `LECTERN_CACHE_DIR` (indexes, learned limits; default: your cache folder), `LECTERN_STATE_DIR` (approvals, pinned tools; an absolute",
    "path; default: your state folder), `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, `NO_COLOR`, `FORCE_COLOR`, and what Azure's identity library reads (`AZURE_CLIENT_ID`,",
    "`AZURE_TENANT_ID` and `AZURE_CLIENT_SECRET` may stand in `.env` too).",
    "",
    "## One MCP server (`mcpServers.NAME`)",
    "",
    "| key | what it is |",
    "|---|---|",
    ...serverRows(schema),
    "",
    "Keys that only other programs know are left alone. A server of your own file runs in your home folder unless `cwd` says otherwise.",
    "",
    variables,
    trust,
  ].join("\n");
}

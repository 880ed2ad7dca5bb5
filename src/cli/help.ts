import type { Command, Option } from "./command.ts";
import { commonOptions } from "./parse.ts";

const flagOf = (option: Option): string => `--${option.name}${option.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`;

/** The help of one command: what it does, examples, then every flag. */
export function commandHelp(command: Command): string {
  const options = [...command.options, ...commonOptions];
  const width = Math.max(...options.map((option) => flagOf(option).length));
  const examples = command.examples.flatMap(([line, what]) => [`  ${line}`, `      ${what}`]);
  return [
    command.summary,
    "",
    "Examples",
    ...examples,
    "",
    `Usage: lectern ${command.name} ${command.usage}`.trimEnd(),
    "",
    "Flags",
    ...options.map((option) => `  ${flagOf(option).padEnd(width)}  ${option.summary}${option.multiple ? " Repeatable." : ""}`),
    "",
  ].join("\n");
}

/** The first screen: the commands, a line each. */
export function overview(commands: readonly { readonly name: string; readonly summary: string }[], version: string): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    `Lectern ${version}: answers from your own documents, by Azure OpenAI over MCP, every quote checked.`,
    "",
    "Try it",
    "  lectern demo                                            no account: on the built-in emulator",
    '  lectern ask --emulator --source ./docs "your question"  your documents, still no account',
    "  lectern init                                            set up your Azure OpenAI, documents and MCP servers",
    '  lectern ask --source ./docs "your question"             with AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME set',
    "",
    "Commands",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    "lectern COMMAND --help shows examples and flags. Exit codes: 0 ok, 1 bug, 2 usage, 3 configuration or sign-in, 4 network or service,",
    "5 rate limit, 6 content filter, 7 bound reached, 8 not in the sources (with --fail-on-unanswered), 130 interrupted.",
    "",
  ].join("\n");
}

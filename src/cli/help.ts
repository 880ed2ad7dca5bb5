import type { Command, Option } from "./command.ts";
import { commonOptions } from "./parse.ts";
import { wrap } from "./render/wrap.ts";

const flagOf = (option: Option): string => `--${option.name}${option.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`;

/** Columns that help is written for where the output is no terminal. */
const widest = 140;

/** The help of one command: what it does, examples, then every flag. `columns`: how wide the terminal is. */
export function commandHelp(command: Command, columns: number | undefined): string {
  const width = widthFor(columns);
  const flags = [...command.options, ...commonOptions].map(
    (option) => [flagOf(option), `${option.summary}${option.multiple ? " Repeatable." : ""}`] as const,
  );
  const examples = command.examples.flatMap(([line, what]) => [`  ${line}`, ...wrap(what, { indent: 6, width })]);
  return [
    ...wrap(command.summary, { indent: 0, width }),
    "",
    "Examples",
    ...examples,
    "",
    ...wrap(`Usage: lectern ${command.name} ${command.usage}`.trimEnd(), { indent: 0, hanging: 7, width }),
    "",
    "Flags",
    ...table(flags, width),
    "",
  ].join("\n");
}

/** The first screen: the commands, a line each. */
export function overview(
  commands: readonly { readonly name: string; readonly summary: string }[],
  { version, columns }: { readonly version: string; readonly columns: number | undefined },
): string {
  const width = widthFor(columns);
  const closing =
    "lectern COMMAND --help shows examples and flags. Exit codes: 0 ok, 1 bug, 2 usage, 3 configuration or sign-in, 4 network or service, " +
    "5 rate limit, 6 content filter, 7 bound reached, 8 not in the sources (with --fail-on-unanswered), 130 interrupted.";
  return [
    ...wrap(`Lectern ${version}: answers from your own documents, by Azure OpenAI over MCP, every quote checked.`, {
      indent: 0,
      width,
    }),
    "",
    "Try it",
    ...table(
      [
        ["lectern demo", "no account: on the built-in emulator"],
        ['lectern ask --emulator --source ./docs "your question"', "your documents, still no account"],
        ["lectern init", "set up your Azure OpenAI, documents and MCP servers"],
        ['lectern ask --source ./docs "your question"', "with AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME set"],
      ],
      width,
    ),
    "",
    "Commands",
    ...table(
      commands.map(({ name, summary }) => [name, summary]),
      width,
    ),
    "",
    ...wrap(closing, { indent: 0, width }),
    "",
  ].join("\n");
}

export const widthFor = (columns: number | undefined): number => (columns ? Math.min(Math.max(columns, 40), widest) : widest);

/** Two columns; where the second would become too narrow, its text stands below the first. */
export function table(rows: readonly (readonly [left: string, right: string])[], width: number): readonly string[] {
  const left = Math.max(...rows.map(([name]) => name.length));
  const indent = left + 4;
  if (width - indent < 30) return rows.flatMap(([name, text]) => [`  ${name}`, ...wrap(text, { indent: 6, width })]);
  return rows.flatMap(([name, text]) => {
    const [first = "", ...more] = wrap(text, { indent, width });
    return [`  ${name.padEnd(left)}  ${first.trimStart()}`, ...more];
  });
}

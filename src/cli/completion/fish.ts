import { type CompletedCommand, type CompletedFlag, firstWords, secondWords, shells } from "./shape.ts";

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = firstWords(commands).flatMap((first) => {
    const seconds = secondWords(commands, first);
    const own = commands.find((command) => command.name === first);
    const what = own?.summary ?? seconds.join(", ");
    return [
      `complete -c lectern -n '__lectern_at' -f -a ${first} -d ${quoted(what)}`,
      ...seconds.map((second) => {
        const { summary } = commands.find((command) => command.name === `${first} ${second}`)!;
        return `complete -c lectern -n '__lectern_at ${first}' -f -a ${second} -d ${quoted(summary)}`;
      }),
    ];
  });
  return `# fish completion for lectern. Load it: lectern completion fish > ~/.config/fish/completions/lectern.fish
# True when the words typed so far are exactly these.
function __lectern_at
  set -l words (commandline -opc)
  set -e words[1]
  test "$words" = "$argv"
end
# True when the words typed so far begin with these.
function __lectern_in
  set -l words (commandline -opc)
  set -e words[1]
  # Not inside the quotes: fish takes no command substitution there as an index.
  set -l many (count $argv)
  test (count $words) -ge $many; and test "$words[1..$many]" = "$argv"
end
${lines.join("\n")}
complete -c lectern -n '__lectern_at' -l help -d 'Show the commands.'
complete -c lectern -n '__lectern_at' -l version -d 'Print the version.'
complete -c lectern -n '__lectern_at completion' -f -a ${quoted(shells.join(" "))}
${commands.flatMap((command) => command.flags.map((flag) => flagLine(command, flag))).join("\n")}
`;
}

function flagLine(command: CompletedCommand, { name, summary, value }: CompletedFlag): string {
  const takes =
    value === "none" ? "" : value === "path" ? " -r -F" : value === "any" ? " -x" : ` -x -a ${quoted(value.join(" "))}`;
  return `complete -c lectern -n '__lectern_in ${command.name}' -l ${name}${takes} -d ${quoted(summary)}`;
}

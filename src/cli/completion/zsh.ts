import { type CompletedCommand, type CompletedFlag, firstWords, secondWords, shells } from "./shape.ts";

/** Inside single quotes only the quote itself ends the word. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** In a description of _arguments a colon and a closing bracket end it. */
const plain = (text: string): string => text.replace(/[\\:\]]/g, "\\$&");

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef lectern
# zsh completion for lectern. Load it: lectern completion zsh > "\${fpath[1]}/_lectern", or: eval "$(lectern completion zsh)"
_lectern() {
  local -a words_at
  if (( CURRENT == 2 )); then
    words_at=(${firstWords(commands)
      .map((first) => describeFirst(commands, first))
      .join(" ")})
    _describe command words_at
    words_at=('--help:Show the commands.' '--version:Print the version.')
    _describe -o option words_at
    return
  fi
  case $words[2] in
${firstWords(commands)
  .map((first) => firstCase(commands, first))
  .join("\n")}
  esac
}
if [[ $funcstack[1] == _lectern ]]; then _lectern "$@"; else compdef _lectern lectern; fi
`;
}

function describeFirst(commands: readonly CompletedCommand[], first: string): string {
  const own = commands.find((command) => command.name === first);
  return quoted(`${first}:${own?.summary ?? secondWords(commands, first).join(", ")}`);
}

function firstCase(commands: readonly CompletedCommand[], first: string): string {
  const seconds = secondWords(commands, first);
  if (seconds.length === 0) {
    return `    ${first})
      _arguments ${argumentsOf(commands.find((command) => command.name === first)!, 2)}
      ;;`;
  }
  const members = seconds.map((second) => commands.find((command) => command.name === `${first} ${second}`)!);
  return `    ${first})
      if (( CURRENT == 3 )); then
        words_at=(${members.map((member) => quoted(`${member.name.split(" ")[1]}:${member.summary}`)).join(" ")})
        _describe command words_at
        return
      fi
      case $words[3] in
${members.map((member) => `        ${member.name.split(" ")[1]}) _arguments ${argumentsOf(member, 3)} ;;`).join("\n")}
      esac
      ;;`;
}

function argumentsOf({ name, flags }: CompletedCommand, skipped: number): string {
  // The words of the command itself come first and are completed already.
  const before = Array.from({ length: skipped - 1 }, (_, index) => quoted(`${index + 1}: :`));
  const rest = name === "completion" ? quoted(`2:shell:(${shells.join(" ")})`) : quoted("*:file:_files");
  return [...before, ...flags.map(flagSpec), rest].join(" ");
}

function flagSpec({ name, summary, value, repeatable }: CompletedFlag): string {
  const action =
    value === "none" ? "" : value === "path" ? ":path:_files" : value === "any" ? ":value: " : `:value:(${value.join(" ")})`;
  return quoted(`${repeatable ? "*" : ""}--${name}[${plain(summary)}]${action}`);
}

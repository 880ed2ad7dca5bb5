import { type CompletedCommand, type CompletedFlag, firstWords, secondWords, shells } from "./shape.ts";

/** Names of commands and flags are plain words, so nothing needs quoting but the lists themselves. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const families = firstWords(commands).filter((first) => secondWords(commands, first).length > 0);
  return `# bash completion for lectern. Load it: eval "$(lectern completion bash)"
_lectern() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${[...firstWords(commands), "--help", "--version"].join(" ")}" -- "$cur"))
    return
  fi
  case $command in
${families.map((first) => familyCase(commands, first)).join("\n")}
    completion)
      [[ $COMP_CWORD -eq 2 ]] && COMPREPLY=($(compgen -W "${shells.join(" ")}" -- "$cur")) && return
      ;;
  esac
  local flags=
  case $command in
${commands.map(commandCase).join("\n")}
  esac
  [[ $cur == -* ]] && COMPREPLY=($(compgen -W "$flags" -- "$cur"))
}
complete -o default -F _lectern lectern
`;
}

function familyCase(commands: readonly CompletedCommand[], first: string): string {
  return `    ${first})
      if [[ $COMP_CWORD -eq 2 ]]; then
        COMPREPLY=($(compgen -W "${secondWords(commands, first).join(" ")}" -- "$cur"))
        return
      fi
      command="$command \${COMP_WORDS[2]}"
      ;;`;
}

function commandCase({ name, flags }: CompletedCommand): string {
  const words = flags.filter((flag) => Array.isArray(flag.value)).map(choiceLine);
  const any = flags.filter((flag) => flag.value === "any").map((flag) => `--${flag.name}`);
  const paths = flags.filter((flag) => flag.value === "path").map((flag) => `--${flag.name}`);
  return `    "${name}")
      case $prev in
${[...words, ...(paths.length > 0 ? [`        ${paths.join(" | ")}) COMPREPLY=($(compgen -f -- "$cur")); return ;;`] : []), ...(any.length > 0 ? [`        ${any.join(" | ")}) return ;;`] : [])].join("\n")}
      esac
      flags="${flags.map((flag) => `--${flag.name}`).join(" ")}"
      ;;`;
}

const choiceLine = ({ name, value }: CompletedFlag): string =>
  `        --${name}) COMPREPLY=($(compgen -W "${(value as readonly string[]).join(" ")}" -- "$cur")); return ;;`;

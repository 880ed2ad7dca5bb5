import { closest } from "../../core/closest.ts";
import { LecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import { type Shell, shells, toCompleted } from "../completion/shape.ts";

/** Made from the list of commands, which it therefore does not import. */
export const completion = (commands: readonly { readonly load: () => Promise<Command> }[]): Command => ({
  name: "completion",
  summary: "Print a script that completes commands and flags in your shell.",
  usage: shells.join(" | "),
  examples: [
    ['eval "$(lectern completion bash)"', "In ~/.bashrc."],
    ['lectern completion zsh > "$HOME/.zfunc/_lectern"', "With ~/.zfunc in fpath, before compinit."],
    ["lectern completion fish > ~/.config/fish/completions/lectern.fish", "Once."],
    ["lectern completion pwsh | Out-String | Invoke-Expression", "In your PowerShell profile."],
  ],
  words: 1,
  options: [],
  async run(args, io) {
    const [shell] = args.positionals;
    if (!isShell(shell)) {
      const near = shell === undefined ? undefined : closest(shell, shells);
      throw new LecternError("usage", shell === undefined ? "For which shell?" : `There is no completion for "${shell}".`, {
        fix: near ? `Did you mean lectern completion ${near}?` : `Name one of: ${shells.join(", ")}.`,
      });
    }
    const all = (await Promise.all(commands.map((command) => command.load()))).map(toCompleted);
    io.stdout.write((await writers[shell]())(all));
    return 0;
  },
});

const isShell = (text: string | undefined): text is Shell => shells.includes(text as Shell);

const writers = {
  bash: async () => (await import("../completion/bash.ts")).bashCompletion,
  zsh: async () => (await import("../completion/zsh.ts")).zshCompletion,
  fish: async () => (await import("../completion/fish.ts")).fishCompletion,
  pwsh: async () => (await import("../completion/pwsh.ts")).pwshCompletion,
};

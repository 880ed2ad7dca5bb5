import { parseArgs } from "node:util";
import { closest } from "../core/closest.ts";
import { counted } from "../core/counted.ts";
import { LecternError } from "../core/errors.ts";
import type { Args, Command, Option } from "./command.ts";

export const commonOptions: readonly Option[] = [
  { name: "help", type: "boolean", summary: "Show this help." },
  { name: "no-color", type: "boolean", summary: "No colours, whatever the terminal." },
  { name: "log-level", type: "string", value: "L", summary: "silent, error, warn (default), info or debug; logs go to stderr." },
];

function tokensOf(options: readonly Option[], words: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      options.map((option) => [option.name, { type: option.type, multiple: option.multiple ?? false }]),
    ),
  });
  return tokens;
}

/** The flags among the words, known or not, valid or not: neither what stands after `--` nor other flags' values. Never throws. */
export function givenFlags(
  options: readonly Option[],
  words: readonly string[],
): readonly { readonly name: string; readonly value: string | undefined }[] {
  const tokens = tokensOf([...options, ...commonOptions], words);
  return tokens.flatMap((token) => (token.kind === "option" ? [{ name: token.name, value: token.value }] : []));
}

/** Parses the words after a command's name. Throws `usage` for an unknown flag (with the nearest known one) or a missing value. */
export function parseCommandArgs(command: Command, words: readonly string[]): Args {
  const options = [...command.options, ...commonOptions];
  const tokens = tokensOf(options, words);
  const lists = new Map<string, string[]>();
  const values: Record<string, string | boolean | undefined> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const name = token.name === "h" ? "help" : token.name;
    const option = options.find((known) => known.name === name);
    if (!option) throw unknownFlag(command, token.rawName, options);
    if (option.type === "boolean") {
      if (token.value !== undefined)
        throw new LecternError("usage", `--${name} takes no value.`, { fix: `Write just --${name}.` });
      values[name] = true;
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--"))) {
      throw new LecternError("usage", `--${name} needs a value${option.value ? ` (${option.value})` : ""}.`, {
        fix: `See lectern ${command.name} --help.`,
      });
    }
    values[name] = token.value;
    lists.set(name, [...(lists.get(name) ?? []), token.value]);
  }
  const { words: most = 0 } = command;
  if (positionals.length > most) throw tooManyWords(command, positionals[most]!);
  return {
    positionals,
    values,
    string: (name) => (typeof values[name] === "string" ? values[name] : undefined),
    strings: (name) => lists.get(name) ?? [],
    flag: (name) => values[name] === true,
  };
}

/** A word that nobody reads is a misunderstanding: `lectern knowledge lint ./handbook`. */
function tooManyWords({ name, words = 0, options }: Command, word: string): LecternError {
  const takes = words === 0 ? "takes no words beside its flags" : `takes ${counted(words, "word")} beside its flags`;
  const mayBePath = name.startsWith("knowledge ") ? /^[\w./-]+$/ : /^[\w./-]*[./][\w./-]*$/;
  const isPath = mayBePath.test(word) && options.some((option) => option.name === "source");
  return new LecternError("usage", `lectern ${name} ${takes}: "${word}" is one too many.`, {
    fix:
      isPath && words === 0
        ? `Documents are named by --source ${word}; see lectern ${name} --help.`
        : `See lectern ${name} --help.`,
  });
}

function unknownFlag(command: Command, raw: string, options: readonly Option[]): LecternError {
  const near = closest(
    raw.replace(/^-+/, ""),
    options.map((option) => option.name),
  );
  return new LecternError("usage", `Unknown flag ${raw} for lectern ${command.name}.`, {
    fix: near
      ? `Did you mean --${near}? All flags: lectern ${command.name} --help.`
      : `All flags: lectern ${command.name} --help.`,
  });
}

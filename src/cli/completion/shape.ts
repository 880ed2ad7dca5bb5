import type { Command, Option } from "../command.ts";
import { commonOptions } from "../parse.ts";

/** What a shell has to know of one command. */
export interface CompletedCommand {
  /** `ask`, or `knowledge serve`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
}

export interface CompletedFlag {
  /** Without dashes. */
  readonly name: string;
  readonly summary: string;
  /** What stands behind it: nothing, a path, one of some words, or anything. */
  readonly value: "none" | "path" | "any" | readonly string[];
  readonly repeatable: boolean;
}

export const shells = ["bash", "zsh", "fish", "pwsh"] as const;
export type Shell = (typeof shells)[number];

/** Values that are one of a few words, by flag; `command --flag` where a command means something else by it. */
const choices: Readonly<Record<string, readonly string[]>> = {
  api: ["auto", "responses", "chat"],
  auth: ["auto", "key", "entra"],
  "knowledge serve --auth": ["none", "token", "oidc"],
  "log-level": ["silent", "error", "warn", "info", "debug"],
};

export function toCompleted(command: Command): CompletedCommand {
  return {
    name: command.name,
    summary: command.summary,
    flags: [...command.options, ...commonOptions].map((option) => toFlag(option, command.name)),
  };
}

function toFlag({ name, summary, type, value = "", multiple = false }: Option, command: string): CompletedFlag {
  const words = choices[`${command} --${name}`] ?? choices[name];
  const kind = type === "boolean" ? "none" : (words ?? (/PATH|FILE|^F$/.test(value) ? "path" : "any"));
  return { name, summary, value: kind, repeatable: multiple };
}

/** First words, each once, in order. */
export const firstWords = (commands: readonly CompletedCommand[]): readonly string[] => [
  ...new Set(commands.map((command) => command.name.split(" ")[0]!)),
];

/** Second words behind a first one; empty where the first word is a command itself. */
export const secondWords = (commands: readonly CompletedCommand[], first: string): readonly string[] =>
  commands.flatMap((command) => {
    const [family, second] = command.name.split(" ");
    return family === first && second !== undefined ? [second] : [];
  });

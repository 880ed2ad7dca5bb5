import * as clack from "@clack/prompts";
import { LecternError, toLecternError } from "../../core/errors.ts";
import { neutralise } from "../../core/neutralise.ts";
import type { Io } from "../command.ts";

interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** Questions at the terminal; stopping any of them stops the setup (`interrupted`). */
export interface Prompts {
  intro(title: string): void;
  outro(text: string): void;
  note(text: string, title: string): void;
  /** As it is: no box that could wrap or hide a part of what has to be read to the letter. */
  verbatim(text: string): void;
  warn(text: string): void;
  text(
    message: string,
    options: {
      readonly initial?: string | undefined;
      readonly placeholder?: string;
      readonly check: (text: string) => string | undefined;
    },
  ): Promise<string>;
  secret(message: string): Promise<string>;
  confirm(message: string, options: { readonly initial: boolean }): Promise<boolean>;
  choose<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T>;
  chooseMany<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<readonly T[]>;
  /** Runs a trial under a spinner; true where it went well, else its error has been shown. */
  attempt(what: string, work: () => Promise<string>): Promise<boolean>;
}

export function openPrompts(io: Io): Prompts {
  const output = withWidth(io.terminal);
  const common = { input: io.stdin, output, signal: io.signal };
  return {
    intro: (title) => clack.intro(neutralise(title), common),
    outro: (text) => clack.outro(neutralise(text), common),
    note: (text, title) => clack.note(neutralise(text), neutralise(title), common),
    verbatim: (text) => void io.stderr.write(`${text}\n`),
    warn: (text) => clack.log.warn(neutralise(text), common),
    async text(message, { initial, placeholder, check }) {
      const answer = await clack.text({
        ...common,
        message: neutralise(message),
        ...(initial ? { initialValue: initial } : {}),
        ...(placeholder ? { placeholder } : {}),
        validate: (value) => check((value ?? "").trim()),
      });
      return answered(answer ?? "").trim();
    },
    secret: async (message) => answered((await clack.password({ ...common, message: neutralise(message) })) ?? "").trim(),
    confirm: async (message, { initial }) =>
      answered(await clack.confirm({ ...common, message: neutralise(message), initialValue: initial })),
    async choose<T extends string>(message: string, choices: readonly Choice<T>[]) {
      return answered(await clack.select<string>({ ...common, message: neutralise(message), options: shown(choices) })) as T;
    },
    async chooseMany<T extends string>(message: string, choices: readonly Choice<T>[]) {
      const options = shown(choices);
      return answered(
        await clack.multiselect<string>({ ...common, message: neutralise(message), options, required: false }),
      ) as T[];
    },
    attempt: (what, work) => attempt(neutralise(what), work, { ...io, terminal: output }),
  };
}

/** Names of servers and their commands come from files that others wrote. */
const shown = <T extends string>(choices: readonly Choice<T>[]) =>
  choices.map(({ value, label, hint }) => ({
    value,
    label: neutralise(label),
    ...(hint === undefined ? {} : { hint: neutralise(hint) }),
  }));

/** Some terminals (containers, editors) say that they are 0 columns wide; every letter would get a line of its own. */
function withWidth(output: Io["terminal"]): Io["terminal"] {
  return output.columns ? output : Object.create(output, { columns: { value: 80 } });
}

async function attempt(what: string, work: () => Promise<string>, io: Io): Promise<boolean> {
  const spinner = startSpinner(what, io);
  try {
    spinner.end("◇", `${what}: ${await work()}`);
    return true;
  } catch (thrown) {
    if (io.signal.aborted) spinner.end("■", what);
    io.signal.throwIfAborted();
    const { message, fix } = toLecternError(thrown);
    spinner.end("▲", `${what}: ${message}${fix ? `\n   fix: ${fix}` : ""}`);
    return false;
  }
}

const frames = ["◒", "◐", "◓", "◑"];

/** Our own: clack's ends the whole process, as if all went well, when Ctrl-C is pressed meanwhile. */
function startSpinner(what: string, { terminal }: Io): { end(sign: string, text: string): void } {
  let frame = 0;
  // On one row: a wrapped line could not be drawn again.
  const shownWhat = what.slice(0, (terminal.columns ?? 80) - 4);
  const draw = (): void => void terminal.write(`\r${frames[frame++ % frames.length]}  ${shownWhat}`);
  draw();
  const timer = setInterval(draw, 120);
  return {
    end(sign, text) {
      clearInterval(timer);
      terminal.write(`\r\u001b[K${sign}  ${neutralise(text)}\n│\n`);
    },
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (clack.isCancel(answer)) throw new LecternError("interrupted", "Stopped; nothing was written.");
  return answer as Exclude<T, symbol>;
}

import { closest } from "./closest.ts";
import { LecternError } from "./errors.ts";

/** What an argument must be: the words for an error, and whether a value is it. */
export interface Kind {
  readonly words: string;
  is(value: unknown): boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kind = (words: string, is: Kind["is"]): Kind => ({ words, is });

/** Kinds of arguments of the library's functions. */
export const kinds = {
  text: kind("text", (value) => typeof value === "string"),
  flag: kind("true or false", (value) => typeof value === "boolean"),
  call: kind("a function", (value) => typeof value === "function"),
  object: kind("an object", isObject),
  texts: kind("a list of texts", (value) => Array.isArray(value) && value.every((entry) => typeof entry === "string")),
  signal: kind("an AbortSignal", (value) => value instanceof AbortSignal),
  oneOf: (...choices: readonly string[]): Kind =>
    kind(`one of ${choices.join(", ")}`, (value) => choices.includes(value as string)),
  listOf: (words: string, is: Kind["is"]): Kind => kind(`a list of ${words}`, (value) => Array.isArray(value) && value.every(is)),
  /** An object whose members pass a check. */
  satisfying: (words: string, is: (value: Readonly<Record<string, unknown>>) => boolean): Kind =>
    kind(words, (value) => isObject(value) && is(value)),
  /** An object with these methods. */
  having: (words: string, ...methods: readonly string[]): Kind =>
    kind(words, (value) => isObject(value) && methods.every((name) => typeof value[name] === "function")),
};

/**
 * Checks what a program without types hands in: an unknown or wrong option is a `usage` error that names the function, the option and what
 * it must be. Undefined counts as not given.
 */
export function checkOptions(caller: string, given: unknown, shape: Readonly<Record<string, Kind>>): void {
  if (!isObject(given))
    throw wrong(
      `${caller}: the options are ${nameOf(given)}; they must be an object.`,
      `For example ${caller}({ ${Object.keys(shape)[0]}: … }).`,
    );
  for (const [name, value] of Object.entries(given)) {
    const expected = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (expected === undefined) {
      const near = closest(name, Object.keys(shape));
      throw wrong(
        `${caller}: there is no option "${name}".`,
        near ? `Did you mean "${near}"?` : `There are: ${Object.keys(shape).join(", ")}.`,
      );
    }
    if (value !== undefined) checkArgument(`${caller}: ${name}`, value, expected);
  }
}

/** Checks one value. `name` opens the error: `createLectern: sources`. Throws `usage`. */
export function checkArgument(name: string, value: unknown, expected: Kind): void {
  if (!expected.is(value)) throw wrong(`${name} is ${nameOf(value)}; it must be ${expected.words}.`, `Give ${expected.words}.`);
}

const wrong = (message: string, fix: string): LecternError => new LecternError("usage", message, { fix });

/** The kind of a value, never the value: it may be a secret in the wrong place. */
function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  const names = { string: "text", number: "a number", boolean: "true or false", function: "a function", object: "an object" };
  return names[typeof value as keyof typeof names] ?? `a ${typeof value}`;
}

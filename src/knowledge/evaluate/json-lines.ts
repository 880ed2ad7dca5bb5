import { counted } from "../../core/counted.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json.ts";

export interface ReadLinesOptions {
  /** Told once of the lines that were left out, by number. */
  readonly onProblem?: ((problem: string) => void) | undefined;
}

/** How many lines a problem names. */
const named = 10;

/** What `read` makes of the objects of a text with one JSON object a line. Lines it makes nothing of are left out; empty ones are no lines. */
export function readJsonLines<Value>(
  { file, text }: { readonly file: string; readonly text: string },
  read: (line: JsonObject, index: number) => Value | undefined,
  { onProblem }: ReadLinesOptions,
): Value[] {
  const left: number[] = [];
  const values = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .flatMap((line, index) => {
      if (line.trim() === "") return [];
      const parsed = parseJson(line);
      const value = isJsonObject(parsed) ? read(parsed, index) : undefined;
      if (value === undefined) left.push(index + 1);
      return value === undefined ? [] : [value];
    });
  if (left.length > 0 && values.length > 0) {
    const rest = left.length > named ? ", …" : "";
    onProblem?.(
      `${file}: ${counted(left.length, "line")} left out that cannot be read: ${left.slice(0, named).join(", ")}${rest}`,
    );
  }
  return values;
}

import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The folder of references and data beside the checkout; absent in a plain clone. */
const root = resolve(import.meta.dirname, "../../../shared");

/** Path below `../shared`, or undefined (with one printed line) where it is absent, so that the caller can skip. */
export function shared(path: string): string | undefined {
  const full = resolve(root, path);
  if (existsSync(full)) return full;
  process.stderr.write(`skipped: ../shared/${path} is not here\n`);
  return undefined;
}

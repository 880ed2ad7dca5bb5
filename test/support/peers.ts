import { existsSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../peers");
const present = existsSync(resolve(root, "node_modules"));
let told = false;

/** Path in the folder of other people's programs, or undefined (with one printed line) where they are not installed, so that the caller can skip. */
export function peer(path: string): string | undefined {
  if (present) return resolve(root, path);
  if (!told) process.stderr.write("skipped: tests with other people's servers (run `npm ci` in test/peers)\n");
  told = true;
  return undefined;
}

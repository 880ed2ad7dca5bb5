import { existsSync } from "node:fs";
import { join, sep } from "node:path";

/** True where a path below the root exists; a path that climbs out of it never does. */
export function existsInside(root: string, path: string): boolean {
  const full = join(root, path);
  return (full === root || full.startsWith(root.endsWith(sep) ? root : root + sep)) && existsSync(full);
}

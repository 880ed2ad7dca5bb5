import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../config/config.ts";

/** The certificates of `azure.caFile` as PEM text; undefined where none is configured, or it cannot be read (the environment check says so). */
export function caOf({ root, azure }: Config): string | undefined {
  if (azure.caFile === undefined) return undefined;
  try {
    return readFileSync(resolve(root, azure.caFile), "utf8");
  } catch {
    return undefined;
  }
}

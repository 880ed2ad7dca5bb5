import type { Loader } from "./document.ts";
import { markdownLoader } from "./markdown/markdown.ts";
import { plainTextLoader } from "./plain-text.ts";
import { qaJsonLoader } from "./qa-json.ts";

/** All formats; to add one, write its file and add a line here. */
export const loaders: readonly Loader[] = [markdownLoader, qaJsonLoader, plainTextLoader];

/** The loader of a path by its extension, in any case. */
export function loaderFor(path: string): Loader | undefined {
  const lower = path.toLowerCase();
  return loaders.find((loader) => loader.extensions.some((extension) => lower.endsWith(extension)));
}

import type { Loader } from "./document.ts";

interface Format {
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Loads the loader: a base without PDF files never reads a PDF library. */
  readonly loader: () => Promise<Loader>;
}

/** All formats; to add one, write its loader and add a line here. */
const formats: readonly Format[] = [
  {
    extensions: [".md", ".markdown", ".mdx", ".mdown"],
    loader: async () => (await import("./markdown/markdown.ts")).markdownLoader,
  },
  { extensions: [".json"], loader: async () => (await import("./qa-json.ts")).qaJsonLoader },
  { extensions: [".txt", ".text"], loader: async () => (await import("./plain-text.ts")).plainTextLoader },
  { extensions: [".html", ".htm", ".xhtml"], loader: async () => (await import("./html-page.ts")).htmlLoader },
];

const formatOf = (path: string): Format | undefined => {
  const lower = path.toLowerCase();
  return formats.find(({ extensions }) => extensions.some((extension) => lower.endsWith(extension)));
};

/** True for files that some loader reads, by their ending. */
export const isReadable = (path: string): boolean => formatOf(path) !== undefined;

/** The loader of a file by its ending, in any case; undefined where there is none. */
export async function loaderFor(path: string): Promise<Loader | undefined> {
  return formatOf(path)?.loader();
}

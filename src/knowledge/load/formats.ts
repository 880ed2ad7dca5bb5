import type { Loader } from "./document.ts";

const mebibyte = 1024 * 1024;
const maxTextBytes = 16 * mebibyte;

interface Format {
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Larger files are not read, in bytes. Default 16 MiB. */
  readonly maxBytes?: number;
  /** What its text is read as; links are looked for in Markdown and HTML. */
  readonly markup?: "markdown" | "html";
  /** Loads the loader: a base without PDF files never reads a PDF library. */
  readonly loader: () => Promise<Loader>;
}

/** All formats; to add one, write its loader and add a line here. */
const formats: readonly Format[] = [
  {
    extensions: [".md", ".markdown", ".mdx", ".mdown"],
    markup: "markdown",
    loader: async () => (await import("./markdown/markdown.ts")).markdownLoader,
  },
  { extensions: [".json"], loader: async () => (await import("./qa-json.ts")).qaJsonLoader },
  { extensions: [".txt", ".text"], loader: async () => (await import("./plain-text.ts")).plainTextLoader },
  { extensions: [".html", ".htm", ".xhtml"], markup: "html", loader: async () => (await import("./html-page.ts")).htmlLoader },
  { extensions: [".pdf"], maxBytes: 64 * mebibyte, loader: async () => (await import("./pdf.ts")).pdfLoader },
  { extensions: [".docx"], maxBytes: 64 * mebibyte, loader: async () => (await import("./docx/docx.ts")).docxLoader },
];

/** Endings of documents that no loader reads: their keeper may think that they are. */
const foreign = new Set(
  ".doc .dot .rtf .odt .ods .odp .ppt .pptx .xls .xlsx .csv .tsv .pages .key .numbers .rst .adoc .asciidoc .org .tex .epub .msg .eml .one .vsdx .mhtml".split(
    " ",
  ),
);

/** The ending of a document of a kind that is not read, lower case with the dot; undefined for readable files and for what is no document. */
export function foreignEnding(path: string): string | undefined {
  const ending = /\.[^./]+$/.exec(path.toLowerCase())?.[0];
  return ending !== undefined && foreign.has(ending) ? ending : undefined;
}

const formatOf = (path: string): Format | undefined => {
  const lower = path.toLowerCase();
  return formats.find(({ extensions }) => extensions.some((extension) => lower.endsWith(extension)));
};

/** True for files that some loader reads, by their ending. */
export const isReadable = (path: string): boolean => formatOf(path) !== undefined;

/** The markup of a file by its ending; undefined for those without. */
export const markupOf = (path: string): Format["markup"] => formatOf(path)?.markup;

/** Largest file of this kind that is read, in bytes. */
export const maxBytesOf = (path: string): number => formatOf(path)?.maxBytes ?? maxTextBytes;

/** The loader of a file by its ending, in any case; undefined where there is none. */
export async function loaderFor(path: string): Promise<Loader | undefined> {
  return formatOf(path)?.loader();
}

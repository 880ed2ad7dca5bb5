import { LecternError } from "../../core/errors.ts";
import type { BinaryLoader } from "./document.ts";
import { groupsInText } from "./front-matter/groups.ts";
import { outline } from "./markdown/outline.ts";
import { titleFromPath } from "./title.ts";

/** Pages and time that one file may take; what lies beyond is left out rather than the file. */
const maxPages = 2000;
const maxMs = 20_000;
/** Text this much larger than most of the file is a heading. */
const headingScale = 1.15;
const titleScale = 1.6;
const maxHeadingChars = 150;
/** Lines further apart than this many line heights belong to different paragraphs. */
const paragraphGap = 1.7;

interface TextLine {
  readonly text: string;
  readonly height: number;
  readonly y: number;
  readonly page: number;
}

/** PDF files with text in them; larger type makes headings. Throws `config` for protected, damaged and scanned files. */
export const pdfLoader: BinaryLoader = {
  formats: "binary",
  async load(bytes, file) {
    const { lines, title, groups } = await readPdf(bytes);
    if (lines.length === 0)
      throw new LecternError("config", "holds no text", { fix: "Run text recognition on a scanned file first." });
    const readable = toMarkdown(lines);
    const sections = outline(readable);
    const firstHeading = sections.find((section) => section.trail.length > 0)?.trail[0];
    return {
      title: title || firstHeading || titleFromPath(file.path),
      meta: { keywords: [], aliases: [], supersedes: [], ...(groups && { groups }) },
      lines: readable,
      sections,
    };
  },
};

/** What we use of a page's text items. */
interface TextItem {
  readonly str?: string;
  readonly transform?: readonly number[];
  readonly height?: number;
  readonly hasEOL?: boolean;
}

async function readPdf(bytes: Uint8Array): Promise<{ lines: TextLine[]; title: string; groups: readonly string[] | undefined }> {
  const { getDocumentProxy } = await import("unpdf");
  try {
    // The reader takes the bytes for itself, so it gets a copy. It must not print: our output may be a protocol.
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, stopAtErrors: false });
    const deadline = performance.now() + maxMs;
    const lines: TextLine[] = [];
    for (let number = 1; number <= Math.min(pdf.numPages, maxPages) && performance.now() < deadline; number++) {
      const page = await pdf.getPage(number);
      for (const line of linesOf((await page.getTextContent()).items as readonly TextItem[], number)) lines.push(line);
      page.cleanup();
    }
    const { info } = await pdf.getMetadata();
    const { Title: title, Custom: custom } = (info ?? {}) as { Title?: unknown; Custom?: unknown };
    await pdf.loadingTask.destroy();
    return { lines, title: typeof title === "string" ? title.trim() : "", groups: groupsIn(custom) };
  } catch (cause) {
    const isProtected = cause instanceof Error && cause.name === "PasswordException";
    throw new LecternError("config", isProtected ? "is protected by a password" : "is no PDF that can be read", {
      cause,
      fix: "Save the file anew without protection, or leave it out.",
    });
  }
}

/** The document property "groups", as document management systems write their own fields; undefined where there is none. */
function groupsIn(properties: unknown): readonly string[] | undefined {
  const found = Object.entries(properties ?? {}).find(([name]) => name.toLowerCase() === "groups");
  return found && groupsInText(typeof found[1] === "string" ? found[1] : "");
}

function linesOf(items: readonly TextItem[], page: number): TextLine[] {
  const lines: TextLine[] = [];
  let text = "";
  let height = 0;
  let y = 0;
  const end = (): void => {
    if (text.trim() !== "") lines.push({ text: text.replace(/\s+/g, " ").trim(), height, y, page });
    text = "";
    height = 0;
  };
  for (const item of items) {
    if (item.str !== undefined && item.str !== "") {
      text += item.str;
      if (item.str.trim() !== "") {
        height = Math.max(height, item.height ?? 0);
        y = item.transform?.[5] ?? y;
      }
    }
    if (item.hasEOL) end();
  }
  end();
  return lines;
}

function toMarkdown(lines: readonly TextLine[]): string[] {
  const body = commonHeight(lines);
  const readable: string[] = [];
  let previous: TextLine | undefined;
  for (const line of lines) {
    const scale = line.height / (body || 1);
    const isHeading = scale >= headingScale && line.text.length <= maxHeadingChars && /\p{L}/u.test(line.text);
    const apart =
      previous === undefined || previous.page !== line.page || Math.abs(previous.y - line.y) > paragraphGap * (body || 1);
    if (readable.length > 0 && (apart || isHeading)) readable.push("");
    readable.push(isHeading ? `${scale >= titleScale ? "#" : "##"} ${line.text}` : line.text);
    previous = line;
  }
  return readable;
}

/** The height that most letters have. */
function commonHeight(lines: readonly TextLine[]): number {
  const letters = new Map<number, number>();
  for (const { height, text } of lines) {
    const rounded = Math.round(height * 2) / 2;
    letters.set(rounded, (letters.get(rounded) ?? 0) + text.length);
  }
  return [...letters].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

import type { EvidenceLine, Passage } from "./evidence.ts";
import { contentStems } from "./words.ts";

/** "## Title", also where the space was forgotten; "#help" is a channel. */
const heading = /^(#(?=\s)|#{2,6})\s*(.+)$/;

export const isHeading = (line: EvidenceLine): boolean => heading.test(line.text);

/** True for a heading and for the question of a question-and-answer list, which head what follows. */
export const isHead = (line: EvidenceLine): boolean => isHeading(line) || /^\**Q\d*[:.]/.test(line.text);

/** The headings that a line stands under. */
export interface Section {
  /** Stems of all headings above the line, outermost first. */
  readonly trail: ReadonlySet<string>;
  /** Stems of the last of them. */
  readonly leaf: ReadonlySet<string>;
  /** The last of them as written. */
  readonly title: string;
  /** True where the line stands under the passage's first heading only: its subject is the document's. */
  readonly isTop: boolean;
  /** Position of its first line that is no heading. */
  readonly lead: number;
}

const plain = (text: string): string => contentStems(text).join(" ");

/**
 * The section of each line. A passage may run over several short ones, and its title names one of them: headings that stand in its
 * lines hold for what follows them, the others for the whole of it.
 */
export function sectionsOf(passage: Passage, titles: readonly string[]): Section[] {
  const within = new Set(passage.lines.filter(isHeading).map((line) => plain(line.text)));
  const first = titles.findIndex((title) => within.has(plain(title)));
  const outer = first < 0 ? titles : titles.slice(0, first);
  let open: { readonly level: number; readonly text: string }[] = [];
  let current: Section | undefined;
  const section = (at: number): Section => {
    // A heading takes the place of the outer ones of its level; the document's title stays.
    const kept = open.length === 0 ? outer : outer.slice(0, Math.max(1, open[0]!.level - 1));
    const all = [...kept, ...open.map(({ text }) => text)];
    return {
      trail: new Set(contentStems(all.join(" "))),
      leaf: new Set(contentStems(all.at(-1) ?? "")),
      title: all.at(-1) ?? "",
      isTop: all.length <= 1,
      lead: at,
    };
  };
  return passage.lines.map((line, at) => {
    const [, signs, text] = heading.exec(line.text) ?? [];
    if (signs !== undefined) {
      open = [...open.filter(({ level }) => level < signs.length), { level: signs.length, text: text! }];
      current = section(at + 1);
    }
    current ??= section(at);
    return current;
  });
}

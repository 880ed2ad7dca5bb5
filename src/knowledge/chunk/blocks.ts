/** A run of lines that belongs together. Lines count from 0; `to` is exclusive. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Paragraphs, lists, tables and code of a stretch of lines; what is longer than `maxChars` is cut at items, rows, lines, then sentences. */
export function splitBlocks(lines: readonly string[], range: { from: number; to: number; maxChars: number }): Block[] {
  const blocks: Block[] = [];
  let start = -1;
  let fenced = false;
  for (let i = range.from; i <= range.to; i++) {
    const line = i < range.to ? lines[i]! : "";
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    const blank = line.trim() === "" && (!fenced || i === range.to);
    if (!blank && start < 0) start = i;
    if (blank && start >= 0) {
      for (const block of fitted(lines, { from: start, to: i, maxChars: range.maxChars })) blocks.push(block);
      start = -1;
    }
  }
  return blocks;
}

function fitted(lines: readonly string[], { from, to, maxChars }: { from: number; to: number; maxChars: number }): Block[] {
  const text = lines.slice(from, to).join("\n");
  if (text.length <= looseListChars) return [{ from, to, text }];
  const items = listItems(lines, from, to);
  if (items !== undefined)
    return items.flatMap((item) => (item.text.length > maxChars ? cutLines(lines, { ...item, maxChars }) : item));
  if (text.length <= maxChars) return [{ from, to, text }];
  return withTableHead(cutLines(lines, { from, to, maxChars }), lines, from);
}

/** Longer lists are packed item by item, so that they fill up the passage that introduces them. */
const looseListChars = 400;

/** The items of a list with what is nested in them; undefined where the lines are no list. */
function listItems(lines: readonly string[], from: number, to: number): Block[] | undefined {
  const indent = /^(\s*)(?:[-*+•]|\d+[.)])\s/.exec(lines[from]!)?.[1];
  if (indent === undefined) return undefined;
  const starts: number[] = [];
  for (let i = from; i < to; i++) {
    const item = /^(\s*)(?:[-*+•]|\d+[.)])\s/.exec(lines[i]!);
    if (item && item[1]!.length <= indent.length) starts.push(i);
  }
  return starts.map((start, n) => {
    const end = starts[n + 1] ?? to;
    return { from: start, to: end, text: lines.slice(start, end).join("\n") };
  });
}

function cutLines(lines: readonly string[], { from, to, maxChars }: { from: number; to: number; maxChars: number }): Block[] {
  const parts: Block[] = [];
  for (let i = from; i < to; i++) {
    for (const piece of cutLine(lines[i]!, maxChars)) parts.push({ from: i, to: i + 1, text: piece });
  }
  return packBlocks(parts, maxChars);
}

/** Sentences of an over-long line, packed up to the limit; a sentence that is still too long is cut at a space. */
function cutLine(line: string, maxChars: number): string[] {
  if (line.length <= maxChars) return [line];
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > maxChars) {
    const window = rest.slice(0, maxChars);
    const sentence = Math.max(
      window.lastIndexOf(". "),
      window.lastIndexOf("? "),
      window.lastIndexOf("! "),
      window.lastIndexOf("; "),
      window.lastIndexOf("。"),
    );
    const at = sentence > maxChars / 3 ? sentence + 1 : Math.max(window.lastIndexOf(" "), maxChars / 2);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...pieces, rest];
}

/** The later parts of a cut table open with its header row, without which a cell cannot be read. */
function withTableHead(parts: Block[], lines: readonly string[], from: number): Block[] {
  const head = lines[from]!;
  if (!head.trimStart().startsWith("|") || head.length > 300) return parts;
  return parts.map((part, n) =>
    n === 0 || !part.text.trimStart().startsWith("|") ? part : { ...part, text: `${head}\n${part.text}` },
  );
}

/** Joins neighbours as long as they stay within the limit. */
export function packBlocks(blocks: readonly Block[], maxChars: number): Block[] {
  const packed: Block[] = [];
  for (const block of blocks) {
    const last = packed.at(-1);
    const joint = last === undefined ? "" : jointOf(last, block);
    if (last && last.text.length + joint.length + block.text.length <= maxChars) {
      packed[packed.length - 1] = { from: last.from, to: block.to, text: last.text + joint + block.text };
    } else packed.push(block);
  }
  return packed;
}

/** What stands between two stretches of a text: a space within a line, a line end, or a blank line. Rows of a table stay together. */
export function jointOf(before: Pick<Block, "to" | "text">, after: Pick<Block, "from" | "text">): string {
  if (after.from < before.to) return " ";
  return after.from === before.to || (/\|\s*$/.test(before.text) && /^\s*\|/.test(after.text)) ? "\n" : "\n\n";
}

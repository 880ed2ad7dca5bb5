/** What was left out of a line that grew over the limit. */
interface OversizedLine {
  /** The first bytes, enough to read a message's id from. */
  readonly head: Buffer;
}

export interface LineReaderOptions {
  /** Longer lines are skipped. In bytes. */
  readonly maxLineBytes: number;
  readonly onLine: (line: Buffer) => void;
  /** Once for each skipped line, as soon as it is known to be too long. */
  readonly onOversized: (line: OversizedLine) => void;
  /** A line that never ends: called once more than `maxSkippedBytes` of one line were thrown away. */
  readonly onEndless: () => void;
  /** In bytes. Default 256 MiB. */
  readonly maxSkippedBytes?: number;
}

const newline = 0x0a;
const headBytes = 512;

/**
 * Cuts a byte stream into lines without decoding it, so that characters split between reads stay whole.
 * Holds at most `maxLineBytes`: a longer line is skipped up to its end while the stream goes on.
 */
export class LineReader {
  readonly #options: LineReaderOptions;
  #parts: Buffer[] = [];
  #bytes = 0;
  #skipped = 0;
  #skipping = false;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#add(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  #add(part: Buffer): void {
    if (this.#skipping) {
      this.#skipped += part.length;
      if (this.#skipped > (this.#options.maxSkippedBytes ?? 256 * 1024 * 1024)) this.#options.onEndless();
      return;
    }
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= this.#options.maxLineBytes) return;
    const head = Buffer.concat(this.#parts.slice(0, headBytes)).subarray(0, headBytes);
    this.#skipping = true;
    this.#skipped = this.#bytes;
    this.#drop();
    this.#options.onOversized({ head: Buffer.from(head) });
  }

  #finish(): void {
    const wasSkipping = this.#skipping;
    this.#skipping = false;
    this.#skipped = 0;
    if (wasSkipping) return;
    const line = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts, this.#bytes);
    this.#drop();
    if (line.length > 0) this.#options.onLine(line);
  }

  #drop(): void {
    this.#parts = [];
    this.#bytes = 0;
  }
}

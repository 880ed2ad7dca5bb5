import { PassThrough } from "node:stream";
import { runCli } from "../../src/cli/run.ts";

/** A person at a terminal: waits for a question to appear, then types. */
export class Terminal {
  readonly #input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  readonly #screen = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 });
  readonly #stdout = new PassThrough();
  readonly #signals = new AbortController();
  readonly #run: Promise<number>;
  #shown = "";
  #looked = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor(args: readonly string[], world: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }) {
    this.#screen.on("data", (chunk: Buffer) => {
      this.#shown += chunk.toString();
      this.#wake();
    });
    const io = { stdin: this.#input, stdout: this.#stdout, stderr: this.#screen, ...world };
    this.#run = runCli(args, { ...io, signal: this.#signals.signal }).finally(() => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Types once the text has appeared behind what was waited for before. Fails with the screen where the program ends without showing it. */
  async answer(question: string, keys: string): Promise<void> {
    for (;;) {
      const at = this.plain.indexOf(question, this.#looked);
      if (at >= 0) {
        this.#looked = at + question.length;
        break;
      }
      if (this.#ended) throw new Error(`"${question}" never came:\n${this.plain.slice(-2000)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    // A prompt listens for keys once it has been drawn.
    await new Promise((resolve) => setImmediate(resolve));
    this.#input.write(keys);
  }

  /** Ctrl-C where no prompt reads keys: the terminal sends a signal. */
  interrupt(): void {
    this.#signals.abort(new DOMException("Stopped by SIGINT", "AbortError"));
  }

  /** What was shown, without colours and cursor movements. */
  get plain(): string {
    return this.#shown.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
  }

  get code(): Promise<number> {
    return this.#run;
  }
}

export const enter = "\r";
export const down = "\u001b[B";
export const space = " ";
export const ctrlC = "\u0003";

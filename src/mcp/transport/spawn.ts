import { type ChildProcess, spawn } from "node:child_process";
import type { SpawnPlan } from "./spawn-plan.ts";

/** How a server process ended. `error` is set where it never started (no such program, no permission). */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: Error | null;
}

export interface EndOptions {
  /** Milliseconds a server has to leave after its input ended, before SIGTERM. Default 1,000. */
  readonly graceMs?: number;
  /** Milliseconds after SIGTERM, before SIGKILL. Default 1,000. */
  readonly termMs?: number;
}

const stderrLimit = 64 * 1024;

/** Resolves to true when `promise` settles within `ms`. The timer keeps the process alive, so that a host never leaves before its servers. */
function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/**
 * A server process of ours and everything it started. Its error output is always read (a full pipe would stop the server)
 * and its last 64 KiB are kept for error messages.
 */
export class SpawnedServer {
  readonly child: ChildProcess;
  /** Settles once, never rejects. */
  readonly exited: Promise<ServerExit>;
  readonly #detached: boolean;
  #stderr: Buffer[] = [];
  #stderrBytes = 0;
  #ending: Promise<void> | undefined;
  exit: ServerExit | undefined;

  constructor(plan: SpawnPlan) {
    this.#detached = plan.detached;
    this.child = spawn(plan.file, [...plan.args], {
      env: { ...plan.env },
      cwd: plan.cwd,
      detached: plan.detached,
      windowsHide: true,
      windowsVerbatimArguments: plan.windowsVerbatimArguments,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.exited = new Promise((resolve) => {
      const settle = (exit: ServerExit): void => {
        this.exit ??= exit;
        resolve(this.exit);
      };
      this.child.once("error", (error) => {
        if (this.child.pid === undefined) settle({ code: null, signal: null, error });
      });
      this.child.once("exit", (code, signal) => settle({ code, signal, error: null }));
    });
    this.child.stderr?.on("data", (chunk: Buffer) => this.#keepStderr(chunk));
    // A server that closes its input makes writing fail; the transport reports that, an unhandled event would end the host.
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream?.on("error", () => {});
  }

  #keepStderr(chunk: Buffer): void {
    this.#stderr.push(chunk.length > stderrLimit ? Buffer.from(chunk.subarray(-stderrLimit)) : chunk);
    this.#stderrBytes += this.#stderr.at(-1)!.length;
    while (this.#stderrBytes - this.#stderr[0]!.length >= stderrLimit) this.#stderrBytes -= this.#stderr.shift()!.length;
  }

  /** The last of what the server wrote to its error output, at most 64 KiB; foreign text, not yet neutralised, and it may hold the secrets it was given. */
  stderrTail(): string {
    return Buffer.concat(this.#stderr).subarray(-stderrLimit).toString("utf8");
  }

  /** Ends the server and whatever it started: end of input, SIGTERM, SIGKILL, each to the whole process group. Bounded; idempotent. */
  end(options: EndOptions = {}): Promise<void> {
    this.#ending ??= this.#end(options);
    return this.#ending;
  }

  async #end({ graceMs = 1_000, termMs = 1_000 }: EndOptions): Promise<void> {
    this.child.stdin?.end();
    if (!(await settlesWithin(this.exited, graceMs))) {
      this.#signal("SIGTERM");
      await settlesWithin(this.exited, termMs);
    }
    if (this.#treeIsAlive()) await this.#endRest();
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream?.destroy();
  }

  /** What outlived the first process (helpers, or a server behind a shell that left early) gets a short SIGTERM, then SIGKILL. */
  async #endRest(): Promise<void> {
    if (this.exit !== undefined) {
      this.#signal("SIGTERM");
      await this.#treeEndsWithin(300);
    }
    this.#signal("SIGKILL");
    await settlesWithin(this.exited, 500);
    // SIGKILL is only queued when kill() returns: a helper may outlive the server by some milliseconds, and close() promises that none is left.
    await this.#treeEndsWithin(500);
  }

  /** Waits until nothing of the tree is left, `ms` at most (dead helpers that nobody reaps count as alive, so a bound is needed). */
  async #treeEndsWithin(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    while (this.#treeIsAlive() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Ends the whole tree at once, without waiting: for the `exit` event of the host, where nothing can be awaited. */
  endNow(): void {
    if (this.#treeIsAlive()) this.#signal("SIGKILL");
  }

  #treeIsAlive(): boolean {
    const { pid } = this.child;
    if (pid === undefined) return false;
    if (!this.#detached) return this.exit === undefined;
    try {
      process.kill(-pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    if (!this.#detached) {
      // Windows has neither groups nor signals: taskkill walks the tree; without /F it only asks windows to close, which servers have none of.
      spawn("taskkill", ["/PID", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).once("error", () => {
        this.child.kill("SIGKILL");
      });
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is already gone.
    }
  }
}

/** Starts a server at once; whoever calls this must end it. A program that cannot be started shows in `exited`, not as an exception. */
export function spawnServer(plan: SpawnPlan): SpawnedServer {
  return new SpawnedServer(plan);
}

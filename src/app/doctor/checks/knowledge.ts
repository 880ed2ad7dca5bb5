import { counted } from "../../../core/counted.ts";
import { isLecternError, type LecternError } from "../../../core/errors.ts";
import type { Check, Context, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import type { BaseSeen } from "../open-servers.ts";

const knowledgeFaults = {
  "knowledge-unreadable": fails("config", "No source of the knowledge base can be read."),
  "knowledge-empty": fails("config", "The sources hold no document, or none that a reader of no group may see."),
  "knowledge-files-skipped": warns("config", "Some files could not be read and are left out; each is named."),
  "knowledge-index-stuck": fails(
    "config",
    "The index cannot be written: pages that changed since are hidden, new ones are not found.",
  ),
  "knowledge-still-indexing": warns(
    "config",
    "The index is still being built: the first run over a large base takes longer than a check may.",
  ),
};
const found = finder(knowledgeFaults);

/** The knowledge base: readable, indexed, and what of it is left out. */
export const knowledge: Check = {
  id: "knowledge",
  about: "The knowledge base: sources readable, index built, files that were left out.",
  faults: knowledgeFaults,
  needs: [],
  async run(context): Promise<Verdict> {
    if (context.config.sources.length === 0) return { skip: "no source is configured" };
    const seen = await inTime(context);
    if (seen === "late") {
      const cause = "The index of the knowledge base is still being built; the first run over a large base takes a while.";
      return { findings: [found("knowledge-still-indexing", { cause, fix: "Let it finish once: lectern knowledge topics." })] };
    }
    if ("error" in seen) {
      const { message, fix } = seen.error;
      // What could be read of nothing stands behind a colon, with its reason.
      if (/^Nothing to answer from in [^:]*$/.test(message)) {
        return {
          findings: [
            found("knowledge-empty", {
              cause: `${message}: no file of a form that is read, or all of them are for groups.`,
              fix: fix ?? emptyFix,
            }),
          ],
        };
      }
      return {
        findings: [
          found("knowledge-unreadable", { cause: message, fix: fix ?? "Correct the sources of the configuration, or --source." }),
        ],
      };
    }
    const { store, stuck } = seen;
    if (stuck !== undefined) {
      const cause = `${stuck.message} Pages that changed since are hidden, new ones are not found.`;
      return { findings: [found("knowledge-index-stuck", { cause, fix: stuck.fix ?? "See that the index can be written." })] };
    }
    return judge(store.counts({ everybody: true }).documents, store.problems());
  },
};

/** The base after a look at the files, and why its index could not take in what changed. */
type BaseLookedAt = Exclude<BaseSeen, { error: LecternError }> & { readonly stuck: LecternError | undefined };

function inTime({
  servers,
  world,
  signal,
}: Context): Promise<BaseLookedAt | Extract<BaseSeen, { error: LecternError }> | "late"> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(world.limits.checkMs * 0.9)]);
  const timer = new Promise<"late">((resolve) => late.addEventListener("abort", () => resolve("late"), { once: true }));
  return Promise.race([lookedAt(servers), timer]);
}

/** A ready index serves before it has been compared with the files. */
async function lookedAt(servers: Context["servers"]): Promise<BaseLookedAt | Extract<BaseSeen, { error: LecternError }>> {
  const seen = (await servers.base())!;
  if ("error" in seen) return seen;
  const stuck = await seen.store.refresh().then(
    () => undefined,
    (thrown: unknown) => {
      if (isLecternError(thrown)) return thrown;
      throw thrown;
    },
  );
  return { ...seen, stuck };
}

function judge(documents: number, problems: readonly { readonly path: string; readonly reason: string }[]): Verdict {
  const note = `${counted(documents, "document")}.`;
  if (problems.length > 0) {
    const named = problems.slice(0, 5).map(({ path, reason }) => `${path}: ${reason}`);
    const more = problems.length > 5 ? [`and ${problems.length - 5} more`] : [];
    const cause = `${counted(problems.length, "file")} left out: ${[...named, ...more].join("; ")}.`;
    return { findings: [found("knowledge-files-skipped", { cause, fix: "Correct or remove the files named." })], note };
  }
  if (documents > 0) return { note };
  const cause = "The sources hold no document that a reader of no group may see: all of them name groups.";
  return {
    findings: [
      found("knowledge-empty", { cause, fix: "Ask as a member (--as-group NAME), or name more sources.", status: "warn" }),
    ],
  };
}

const emptyFix = "Name a folder with documents: --source ./handbook.";

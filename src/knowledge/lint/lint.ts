import type { LoadedDocument } from "../load/document.ts";
import { listFiles, openSource, type SourceRoot } from "../load/files.ts";
import { foreignEnding, markupOf } from "../load/formats.ts";
import { createLinkResolver, linksIn } from "../load/links.ts";
import { readDocument } from "../load/read-document.ts";
import { standingOn } from "../search/standing.ts";
import type { KnowledgeSource } from "../store.ts";
import { existsInside } from "./exists-inside.ts";
import { findTwins } from "./twins.ts";

/** What may be wrong with a base. `unreadable` and `unknown-format` files are not served; all else is served as it is. */
export type LintRule =
  | "unreadable"
  | "unknown-format"
  | "empty"
  | "broken-link"
  | "near-duplicate"
  | "expired"
  | "outdated"
  | "missing-owner"
  | "incomplete-entry";

export interface LintFinding {
  readonly rule: LintRule;
  readonly source: string;
  readonly path: string;
  /** From 1, where the finding stands on a line. */
  readonly line: number | null;
  readonly message: string;
}

export interface LintReport {
  readonly documents: number;
  /** By source, path and line. */
  readonly findings: readonly LintFinding[];
}

export interface LintOptions {
  readonly sources: readonly KnowledgeSource[];
  /** The clock that decides what is expired. Default: the system's. */
  readonly now?: () => Date;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

interface Page {
  readonly root: SourceRoot;
  readonly path: string;
  readonly document: LoadedDocument;
}

type Report = (path: string, rule: LintRule, message: string, line?: number) => void;

/** Fewer words than this answer nothing. */
const minWords = 5;

/**
 * Reads all documents and names what their keepers may want to mend: broken links, pages that are nearly the same, expired, outdated and
 * empty pages, pages without an owner (only where others have one), entries without question or answer, files that cannot be read,
 * documents of kinds that are not read.
 * Throws `config` for a source that cannot be opened.
 */
export async function lintKnowledge({ sources, now = () => new Date(), onProgress }: LintOptions): Promise<LintReport> {
  const findings: LintFinding[] = [];
  const pages: Page[] = [];
  for (const root of sources.map(openSource)) {
    const report: Report = (path, rule, message, line) =>
      findings.push({ rule, source: root.name, path, line: line ?? null, message });
    const { files, foreign, problems } = await listFiles(root);
    for (const problem of problems) report(problem.path, "unreadable", problem.reason);
    reportForeign(foreign, report);
    const own: Page[] = [];
    for (const [done, file] of files.entries()) {
      const { document, problem } = await readDocument(root, file);
      if (problem !== null) report(file.path, "unreadable", problem);
      if (document !== null) own.push({ root, path: file.path, document });
      onProgress?.({ done: done + 1, total: files.length });
    }
    checkPages(own, { report, day: now().toISOString().slice(0, 10) });
    checkLinks(own, { report, root });
    for (const { a, b, share } of findTwins(own.map(({ path, document }) => ({ path, text: document.lines.join("\n") })))) {
      report(a, "near-duplicate", `${Math.round(share * 100)} % the same as ${b}`);
    }
    for (const page of own) pages.push(page);
  }
  findings.sort((x, y) => compare(x.source, y.source) || compare(x.path, y.path) || (x.line ?? 0) - (y.line ?? 0));
  return { documents: pages.length, findings };
}

/** One finding for each kind: the first of its files, and how many there are. */
function reportForeign(paths: readonly string[], report: Report): void {
  for (const [ending, [first, ...others]] of Map.groupBy(paths, foreignEnding)) {
    const more = others.length === 0 ? "" : `, as ${others.length} more of the base`;
    if (first !== undefined) report(first, "unknown-format", `is a ${ending} file, which is not read${more}`);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function checkPages(pages: readonly Page[], { report, day }: { report: Report; day: string }): void {
  const owned = pages.filter(({ document }) => document.meta.owner !== undefined).length;
  for (const { path, document } of pages) {
    const { meta, sections, lines } = document;
    const words = lines.join(" ").match(/\p{L}+/gu)?.length ?? 0;
    if (words < minWords) report(path, "empty", "holds next to no text");
    if (meta.outdated !== undefined) report(path, "outdated", meta.outdated);
    const { inForce, remark } = standingOn(day, {
      effectiveFrom: null,
      effectiveUntil: meta.effectiveUntil ?? null,
      outdated: null,
      supersededBy: null,
    });
    if (!inForce) report(path, "expired", remark ?? "expired");
    if (owned > 0 && meta.owner === undefined) report(path, "missing-owner", "names no owner, as other pages do");
    for (const section of sections.filter((entry) => entry.kind === "entry")) {
      const answer = lines.slice(section.body, section.to).join(" ").trim();
      if (section.trail[0] === "Unknown question") report(path, "incomplete-entry", "an entry has no question", section.from + 1);
      if (answer === "" || answer === "Unknown answer")
        report(path, "incomplete-entry", `"${section.trail[0]}" has no answer`, section.from + 1);
    }
  }
}

function checkLinks(pages: readonly Page[], { report, root }: { report: Report; root: SourceRoot }): void {
  const byPath = new Map(pages.map((page) => [page.path, page.document]));
  const aliases = pages.flatMap(({ path, document }) => document.meta.aliases.map((alias) => [alias, path] as const));
  const resolve = createLinkResolver({ paths: byPath.keys(), aliases });
  for (const { path, document } of pages.filter((page) => markupOf(page.path) !== undefined)) {
    for (const link of linksIn(document.lines)) {
      const resolved = resolve(link.target, path);
      if (resolved.kind === "file" && !existsInside(root.root, resolved.path))
        report(path, "broken-link", `${link.target} leads nowhere`, link.line);
      if (resolved.kind !== "document" || resolved.anchor === "") continue;
      const anchors = byPath.get(resolved.path)?.sections.map((section) => section.anchor.toLowerCase());
      if (anchors !== undefined && anchors.length > 0 && !anchors.includes(resolved.anchor.toLowerCase())) {
        report(path, "broken-link", `${link.target} names a heading that ${resolved.path} does not have`, link.line);
      }
    }
  }
}

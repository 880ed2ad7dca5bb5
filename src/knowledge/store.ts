import type { Caller } from "../core/served-tools.ts";

/** One folder, file or glob of knowledge. `name` appears in uris; the last part of the path where absent. */
export interface KnowledgeSource {
  readonly name?: string;
  readonly path: string;
}

/** Whose eyes a request is answered for; documents restricted to other groups do not exist for them. */
export type Reader = Pick<Caller, "groups">;

export interface SearchOptions {
  /** Other forms of the same question; fused so that a useless one does little harm. */
  readonly queries?: readonly string[];
  /** Passages at most, 1 to 50. Default 6. */
  readonly limit?: number;
  /** Only documents of this topic (a name that `topics()` lists) or below it. */
  readonly topic?: string;
  /** ISO date: rank what was in force on that day first. Default: the store's clock. */
  readonly asOf?: string;
  /** Tokens of passage text at most, over all results, estimated. Default: no limit beside `limit`. */
  readonly maxTokens?: number;
  /** Default: a reader in no group. */
  readonly reader?: Reader;
}

/** A passage that may answer. `text` is at most about 1,200 characters. */
export interface SearchHit {
  /** Stable as long as the document keeps its path and headings; `get` takes it. */
  readonly id: string;
  /** `kb://<source>/<path>#<anchor>` */
  readonly uri: string;
  readonly path: string;
  readonly title: string;
  /** Breadcrumb of headings above the passage; the question for Q&A entries. */
  readonly heading: string;
  readonly text: string;
  /** Higher is better; comparable within one answer only. */
  readonly score: number;
  /** First and last line in the document, from 1. */
  readonly line: number;
  readonly toLine: number;
  /** Dates in force, "superseded by ...", "contradicts ...". */
  readonly remark?: string;
  /** SHA-256 of the document's bytes, hexadecimal. */
  readonly hash: string;
  /** BCP 47 primary subtag of the document. */
  readonly lang: string;
}

export interface SearchOutcome {
  readonly hits: readonly SearchHit[];
  /** Passages that matched at all. */
  readonly total: number;
  /** Words of the question that were read as others, because the base does not hold them as written. */
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
}

export interface KnowledgeDocument {
  readonly id: string;
  readonly uri: string;
  readonly path: string;
  readonly title: string;
  readonly lang: string;
  readonly hash: string;
  /** The document as it reads: markup that hides its text (shortcodes, HTML) resolved, line for line as in its file but for HTML blocks that share one. */
  readonly text: string;
  readonly totalLines: number;
  readonly owner: string | null;
  readonly effectiveFrom: string | null;
  readonly effectiveUntil: string | null;
  readonly remark?: string;
  /** Documents of the base that this one links to, in the order of its text, each once; only what the reader may see. */
  readonly links: readonly { readonly text: string; readonly uri: string }[];
}

/** A folder of documents, or a file of questions and answers. */
export interface Topic {
  /** Folder path below the source, or the file's; the source's name for what stands at its root. */
  readonly name: string;
  readonly source: string;
  readonly documents: number;
  /** Titles of the documents; the questions of a Q&A file. */
  readonly titles: readonly string[];
}

/** A document without its text. */
export type DocumentSummary = Omit<KnowledgeDocument, "text" | "links"> & { readonly size: number };

/** A Q&A entry, or a section of a page shown as one. */
export interface KnowledgeEntry {
  readonly question: string;
  readonly answer: string;
}

/** A file that could not be used: named, skipped, reported once. */
export interface KnowledgeProblem {
  readonly source: string;
  readonly path: string;
  readonly reason: string;
}

/** Documents read into the index so far, of those that changed. */
export interface RefreshProgress {
  readonly done: number;
  readonly total: number;
}

export interface KnowledgeCounts {
  readonly documents: number;
  readonly chunks: number;
  readonly languages: readonly string[];
}

/** Documents that came, went or changed. */
export interface KnowledgeChange {
  /** True where the reader may see, or could see, one of them. */
  concerns(reader: Reader): boolean;
}

/** Where knowledge lives. All methods see only what `reader` may see. */
export interface KnowledgeStore extends AsyncDisposable {
  search(query: string, options?: SearchOptions): Promise<SearchOutcome>;
  /** By id, uri (an anchor is ignored) or path; undefined where unknown or not for this reader: both look the same. */
  get(id: string, options?: { readonly reader?: Reader }): Promise<KnowledgeDocument | undefined>;
  topics(options?: { readonly reader?: Reader }): Promise<readonly Topic[]>;
  /** Documents in the order of their uris. */
  list(options?: {
    readonly reader?: Reader;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<readonly DocumentSummary[]>;
  /** Everything, in document order: for small bases. */
  entries(options?: { readonly reader?: Reader; readonly limit?: number }): Promise<readonly KnowledgeEntry[]>;
  /** Cheap: reads figures kept beside the index. `everybody`, for the base's keeper: all that at least one group may see. */
  counts(options?: { readonly reader?: Reader; readonly everybody?: boolean }): KnowledgeCounts;
  /** Files that are not served, and why; pages that are hidden since the index cannot be written, and sources that are away, among them. */
  problems(): readonly KnowledgeProblem[];
  /**
   * Resolves when the index agrees with the files as they were when this was called. Rejects where it cannot be written (`config`); pages
   * that changed are then hidden from everybody until it can.
   */
  refresh(): Promise<void>;
  /** Calls back after documents changed; returns the unsubscribe function. */
  onChanged(listener: (change: KnowledgeChange) => void): () => void;
}

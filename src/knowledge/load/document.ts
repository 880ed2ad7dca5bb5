/** What a document says about itself: front matter and the like. */
export interface DocumentMeta {
  readonly title?: string;
  /** Words people search for that the text may not use; from `keywords` and `tags`. */
  readonly keywords: readonly string[];
  /** Other names: `aliases`, and the paths in `redirect_from`. */
  readonly aliases: readonly string[];
  readonly owner?: string;
  /** Only readers in one of these see the document; absent: everybody. An empty list: nobody. */
  readonly groups?: readonly string[];
  /** ISO dates. */
  readonly effectiveFrom?: string;
  readonly effectiveUntil?: string;
  /** Paths or uris of documents this one replaces. */
  readonly supersedes: readonly string[];
  /** Why the document itself says that it no longer holds. */
  readonly outdated?: string;
  /** BCP 47 primary subtag, when the document names its language. */
  readonly lang?: string;
}

export const noMeta: DocumentMeta = { keywords: [], aliases: [], supersedes: [] };

/** A heading and what stands under it up to the next heading. Lines count from 0; `to` is exclusive. */
export interface Section {
  /** Headings from the top down to this section's own. */
  readonly trail: readonly string[];
  /** Fragment that leads to the section; empty for the text before the first heading. */
  readonly anchor: string;
  readonly from: number;
  readonly to: number;
  /** First line of the text under the heading; equals `from` where there is no heading line. */
  readonly body: number;
  /** `entry`: one question with its answer, never cut from its question or merged with others. */
  readonly kind: "prose" | "entry";
}

/** A file as its loader understood it: readable lines (line i is line i of the file, where the format has lines and no HTML blocks share one) and their structure. */
export interface LoadedDocument {
  readonly title: string;
  readonly meta: DocumentMeta;
  readonly lines: readonly string[];
  readonly sections: readonly Section[];
}

/** Reads one format. Loaders are pure: bytes were read (and, for text, decoded) before. */
export type Loader = TextLoader | BinaryLoader;

/** Both answer undefined for what is not knowledge (skipped without a word) and throw a LecternError for a file that should be but cannot be read. */
export interface TextLoader {
  readonly formats: "text";
  load(text: string, file: LoaderFile): LoadedDocument | undefined;
}

export interface BinaryLoader {
  readonly formats: "binary";
  load(bytes: Uint8Array, file: LoaderFile): Promise<LoadedDocument | undefined>;
}

interface LoaderFile {
  /** Path below the source, with forward slashes. */
  readonly path: string;
  /** True where the source is this very file, so that its form is no accident. */
  readonly alone: boolean;
}

import { LecternError } from "../core/errors.ts";
import type { ServedResource, ServedResources } from "../core/served-tools.ts";
import { markupOf } from "./load/formats.ts";
import type { DocumentSummary, KnowledgeStore } from "./store.ts";

const pageSize = 200;

/** The documents of a store as MCP resources, in the order of their uris. */
export function createKnowledgeResources(store: KnowledgeStore): ServedResources {
  return {
    async list(caller, cursor) {
      const documents = await store.list({
        reader: caller,
        limit: pageSize + 1,
        ...(cursor !== undefined && { after: fromCursor(cursor) }),
      });
      const page = documents.slice(0, pageSize);
      const last = page.at(-1);
      return { resources: page.map(toResource), ...(documents.length > pageSize && last && { nextCursor: toCursor(last.uri) }) };
    },
    templates: () => [
      {
        uriTemplate: "kb://{source}/{+path}",
        name: "document",
        title: "A document of the knowledge base",
        mimeType: "text/markdown",
      },
    ],
    async read(uri, caller) {
      if (!uri.startsWith("kb://")) return undefined;
      const document = await store.get(uri, { reader: caller });
      return document && { uri, mimeType: mimeType(document.path), text: document.text };
    },
    async complete(_reference, argument, value, caller) {
      if (argument === "topic")
        return (await store.topics({ reader: caller }))
          .map((topic) => topic.name)
          .filter((name) => name.toLowerCase().startsWith(value.toLowerCase()));
      if (argument !== "path" && argument !== "id") return [];
      const documents = await store.list({ reader: caller, limit: 10_000 });
      return documents
        .map((document) => document.path)
        .filter((path) => path.toLowerCase().includes(value.toLowerCase()))
        .slice(0, 100);
    },
  };
}

const toCursor = (uri: string): string => Buffer.from(uri).toString("base64url");

/** The uri a page ended with. Throws `usage` for what `toCursor` never made: the protocol wants such a list refused, not begun anew. */
function fromCursor(cursor: string): string {
  const uri = Buffer.from(cursor, "base64url").toString("utf8");
  if (uri.startsWith("kb://") && toCursor(uri) === cursor) return uri;
  throw new LecternError("usage", "Invalid cursor.", { fix: "Ask without a cursor, then with the nextCursor of each page." });
}

const mimeType = (path: string): string => (markupOf(path) === "markdown" ? "text/markdown" : "text/plain");

function toResource(document: DocumentSummary): ServedResource {
  return {
    uri: document.uri,
    name: document.path,
    title: document.title,
    mimeType: mimeType(document.path),
    size: document.size,
  };
}

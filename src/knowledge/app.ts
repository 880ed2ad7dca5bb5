import type { ServedApp } from "../core/served-tools.ts";
import { createKnowledgeResources } from "./resources.ts";
import type { KnowledgeStore } from "./store.ts";
import { knowledgeTools, openaiTools } from "./tools/index.ts";

export interface KnowledgeAppOptions {
  /** Name of the server. Default "lectern-knowledge". */
  readonly name?: string;
  /** Version of the server. Default "0.0.0". */
  readonly version?: string;
  /** Also offer `search` and `fetch` in the shape that ChatGPT's connectors expect. Default false. */
  readonly openaiCompatible?: boolean;
}

/** The knowledge tools and documents of a store as a server to be served; the caller keeps and closes the store. */
export function createKnowledgeApp(store: KnowledgeStore, options: KnowledgeAppOptions = {}): ServedApp {
  return {
    name: options.name ?? "lectern-knowledge",
    title: "Knowledge base",
    version: options.version ?? "0.0.0",
    instructions: instructionsFor(store),
    tools: [...knowledgeTools, ...(options.openaiCompatible ? openaiTools : [])].map((create) => create({ store })),
    resources: createKnowledgeResources(store),
    onChanged: (listener) => store.onChanged(({ concerns }) => listener({ kind: "documents", concerns })),
  };
}

function instructionsFor(store: KnowledgeStore): string {
  const { languages } = store.counts();
  const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
  const spoken = languages.slice(0, 6).map((lang) => names.of(lang) ?? lang);
  const language =
    spoken.length > 0
      ? ` The documents are in ${new Intl.ListFormat("en").format(spoken)}: search in ${spoken.length === 1 ? "that language" : "those languages"}.`
      : "";
  return `Answers come from the organisation's own documents.${language} Search with search_knowledge_base, read around a passage with get_document, and say so when the documents do not answer.`;
}

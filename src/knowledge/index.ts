export { createKnowledgeApp, type KnowledgeAppOptions } from "./app.ts";
export { type OpenKnowledgeOptions, openKnowledge } from "./open.ts";
export type * from "./store.ts";

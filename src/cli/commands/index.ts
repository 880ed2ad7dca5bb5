import type { Command } from "../command.ts";

interface Registered {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command: loaded only when it is run, so that the first word is answered fast. */
export const commands: readonly Registered[] = [
  {
    name: "ask",
    summary: "Ask one question and get an answer with verified quotes.",
    load: async () => (await import("./ask.ts")).ask,
  },
  { name: "chat", summary: "Ask and ask on, in one conversation.", load: async () => (await import("./chat.ts")).chat },
  {
    name: "demo",
    summary: "Ask the sample handbook six questions, on the emulator.",
    load: async () => (await import("./demo.ts")).demo,
  },
  { name: "tools", summary: "List what the model is offered.", load: async () => (await import("./tools.ts")).tools },
  {
    name: "knowledge serve",
    summary: "Serve a knowledge base to any MCP client.",
    load: async () => (await import("./knowledge-serve.ts")).knowledgeServe,
  },
  {
    name: "knowledge search",
    summary: "Search a knowledge base.",
    load: async () => (await import("./knowledge-search.ts")).knowledgeSearch,
  },
  {
    name: "knowledge topics",
    summary: "List the topics of a knowledge base.",
    load: async () => (await import("./knowledge-topics.ts")).knowledgeTopics,
  },
  {
    name: "knowledge get",
    summary: "Show a document, whole or some lines of it.",
    load: async () => (await import("./knowledge-get.ts")).knowledgeGet,
  },
  {
    name: "knowledge index",
    summary: "Bring the index of a knowledge base up to date.",
    load: async () => (await import("./knowledge-index.ts")).knowledgeIndex,
  },
  {
    name: "knowledge lint",
    summary: "Name what may be wrong with a knowledge base.",
    load: async () => (await import("./knowledge-lint.ts")).knowledgeLint,
  },
  {
    name: "knowledge eval",
    summary: "Measure how well search finds what it should.",
    load: async () => (await import("./knowledge-eval.ts")).knowledgeEval,
  },
  {
    name: "doctor",
    summary: "Check everything between a question and its answer, and say what mends what is wrong.",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "emulate",
    summary: "Run the Azure OpenAI emulator for your own programs.",
    load: async () => (await import("./emulate.ts")).emulate,
  },
  {
    name: "mcp list",
    summary: "Show the configured MCP servers and how each of them is.",
    load: async () => (await import("./mcp-list.ts")).mcpList,
  },
  {
    name: "mcp tools",
    summary: "List the tools of the configured MCP servers.",
    load: async () => (await import("./mcp-tools.ts")).mcpTools,
  },
  { name: "mcp call", summary: "Call one tool of any MCP server.", load: async () => (await import("./mcp-call.ts")).mcpCall },
  {
    name: "mcp trust",
    summary: "Approve what a project's files want to start or where they send credentials.",
    load: async () => (await import("./mcp-trust.ts")).mcpTrust,
  },
  {
    name: "init",
    summary: "Set up this folder: asks what is needed, tries each answer, writes lectern.config.json.",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "config",
    summary: "Show the settings in force and where each comes from; no secrets.",
    load: async () => (await import("./config.ts")).config,
  },
  {
    name: "completion",
    summary: "Print a script that completes commands and flags in your shell.",
    load: async () => (await import("./completion.ts")).completion(commands),
  },
];

import type { ServedApp, ServedTool } from "../../src/core/served-tools.ts";

/** A small app for tests and drivers of `serve/`: `search_knowledge_base` echoes, the others misbehave on request. */
export function toyApp(extra: Partial<ServedApp> = {}): ServedApp {
  return {
    name: "toy",
    version: "1.0.0",
    instructions: "Search before you answer.",
    tools: [echoTool, sumTool, brokenTool],
    ...extra,
  };
}

export const echoTool: ServedTool = {
  name: "search_knowledge_base",
  title: "Search",
  description: "Finds passages.",
  inputSchema: {
    type: "object",
    properties: {
      query: { type: "string", description: "What to look for." },
      limit: { type: "integer", minimum: 1, maximum: 50, description: "How many." },
      topic: { enum: ["leave", "pay"], description: "Where." },
    },
    required: ["query"],
  },
  outputSchema: { type: "object", properties: { results: { type: "array", items: { type: "object" } } }, required: ["results"] },
  annotations: { readOnlyHint: true, openWorldHint: false },
  call: ({ query }) => ({
    content: [{ type: "text", text: `Results for "${String(query)}":` }],
    structuredContent: { results: [] },
  }),
};

const sumTool: ServedTool = {
  name: "add",
  description: "Adds two numbers.",
  inputSchema: {
    type: "object",
    properties: { a: { type: "number", description: "One." }, b: { type: "number", description: "Other." } },
    required: ["a", "b"],
  },
  call: async ({ a, b }) => ({ content: [{ type: "text", text: String(Number(a) + Number(b)) }] }),
};

const brokenTool: ServedTool = {
  name: "broken",
  description: "Fails with a secret in its message.",
  inputSchema: { type: "object", properties: {} },
  call: () => {
    throw new Error("cannot open /home/someone/secret.db: token abc123");
  },
};

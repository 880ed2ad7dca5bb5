// The HTTP server contender for the side-by-side harness (BENCH_EXTRA_SERVER=bench/lectern-server.mjs): `serveTools` from dist/ with every
// check on. The tool answers what the harness expects: a hash of the query, then a passage.
const { serveTools } = await import(process.env.LECTERN_SERVE ?? "../dist/serve/index.js");

export const meta = { title: "Lectern", own: true, modes: ["modern", "stateless", "session", "session-json"] };

const passage =
  " Full-time employees accrue 25 vacation days per calendar year. Up to five unused days carry over with written approval of the manager. " +
  "Requests go through the HR portal at least two weeks ahead. Source: handbook section 4.2, last reviewed 2026-10-01.";

function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const tool = {
  name: "search_knowledge_base",
  description: "Searches the knowledge base and returns the best passages.",
  inputSchema: {
    type: "object",
    properties: { query: { type: "string" }, top_k: { type: "integer", minimum: 1, maximum: 20 } },
    required: ["query"],
  },
  call: ({ query }) => ({ content: [{ type: "text", text: `KB-${fnv1a(query)}${passage}` }] }),
};

export async function start() {
  const serving = await serveTools({ tools: [tool] });
  return { port: serving.port, path: "/mcp" };
}

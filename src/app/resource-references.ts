import type { McpToolbox } from "../mcp/toolbox.ts";

/** `@server:uri` in a question, the uri up to the next white space (closing punctuation of the sentence is not part of it). */
const reference = /(?<![\w@])@([A-Za-z0-9][\w.-]{0,63}):(\S+?)(?=[.,;:!?)]*(?:\s|$))/g;
const maxReferences = 10;

/**
 * The resources a question refers to, read from their servers: shown to the model and citable like any attachment. Only names of connected
 * servers count, so an `@` in ordinary text does no harm. Throws what reading throws: the user asked for exactly this resource.
 */
export async function referencedResources(
  question: string,
  mcp: McpToolbox | undefined,
  signal?: AbortSignal,
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  if (mcp === undefined || !question.includes("@")) return [];
  const servers = new Set(mcp.servers().map((server) => server.name));
  const wanted = [...question.matchAll(reference)].filter(([, server]) => servers.has(server!)).slice(0, maxReferences);
  return Promise.all(
    wanted.map(async ([, server, uri]) => ({
      name: `${server}:${uri}`,
      text: (await mcp.readResource(server!, uri!, signal ? { signal } : {})).text,
    })),
  );
}

import type { Attachment } from "../agent/loop.ts";
import { isDenied } from "../agent/policy.ts";
import { LecternError } from "../core/errors.ts";
import { resourceTool } from "../mcp/resource-tool.ts";
import type { McpToolbox } from "../mcp/toolbox.ts";

/** `@server:uri` in a question, the uri up to the next white space (closing punctuation of the sentence is not part of it). */
const reference = /(?<![\w@])@([A-Za-z0-9_][\w.-]{0,63}):(\S+?)(?=[.,;:!?)]*(?:\s|$))/g;
const maxReferences = 10;
/** Characters of all resources of one question together: about half of what a turn may cost by default. */
const maxCharacters = 100_000;

/**
 * Reads the resources a question refers to from their servers: shown to the model and citable like any attachment, and their servers' words
 * like any result. Only names of connected servers count, so an `@` in ordinary text does no harm. Undefined where the question names none;
 * reading throws what it throws: the user asked for exactly this resource. Throws `usage` for a server whose `read_resource` is denied:
 * whoever asks need not be whoever wrote the rules.
 */
export function referencedResources(
  question: string,
  mcp: McpToolbox | undefined,
  deny: readonly string[] = [],
): ((signal: AbortSignal) => Promise<readonly Attachment[]>) | undefined {
  if (mcp === undefined || !question.includes("@")) return undefined;
  const servers = new Set(mcp.servers().map((server) => server.name));
  const named = [...question.matchAll(reference)].filter(([, server]) => servers.has(server!));
  // Named twice is meant once.
  const wanted = [...new Map(named.map(([whole, server, uri]) => [whole, { server: server!, uri: uri! }])).values()];
  if (wanted.length === 0) return undefined;
  const denied = wanted.find(({ server }) => isDenied(deny, resourceTool(server, server)));
  if (denied !== undefined) {
    throw new LecternError("usage", `The configuration denies reading resources of ${denied.server}.`, {
      fix: `Leave @${denied.server}: out, or take ${denied.server}/read_resource out of deny.`,
    });
  }
  return async (signal) => {
    const read = wanted.slice(0, maxReferences).map(async ({ server, uri }) => {
      const { text } = await mcp.readResource(server, uri, { signal });
      return { server, name: `${server}:${uri}`, text };
    });
    let room = maxCharacters;
    return (await Promise.all(read)).map((attachment) => {
      const text = cut(attachment.text, room);
      room = Math.max(0, room - attachment.text.length);
      return { ...attachment, text };
    });
  };
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return `${text.slice(0, room).toWellFormed()}\n\n[Cut here: ${text.length} characters in all, ${room} shown.]`;
}

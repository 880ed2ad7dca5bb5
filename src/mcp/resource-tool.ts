import { isLecternError } from "../core/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import { type Tool, type ToolResult, textResult } from "../core/tools.ts";
import { readToolResult } from "./content.ts";
import { definitionHash } from "./pins.ts";
import { maxUri, type Resource, readResourceList, readTemplateList } from "./resources.ts";

/** Name of the tool by which the model reads a server's resources; a tool of the server with that name goes first. */
const resourceToolName = "read_resource";

const maxListed = 200;
const maxContents = 100;

/** The host's own tool for one server's resources. It is the server's by name, so that rules, citations and events treat it like its other tools. */
export function resourceTool(server: string, prefix: string): Tool {
  return {
    name: `${prefix}__${resourceToolName}`,
    server,
    tool: resourceToolName,
    description: "Reads one of this server's resources by its uri; without a uri it lists what there is to read.",
    inputSchema: {
      type: "object",
      properties: { uri: { type: "string", description: "Uri of the resource, as listed. Leave it out for the list." } },
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  };
}

/** Whether a tool is the host's own, which changes with the host's version and not with a server's will. */
export const isResourceTool = (tool: Tool): boolean =>
  tool.tool === resourceToolName && definitionHash(tool) === definitionHash(resourceTool(tool.server, ""));

export interface ResourceToolOptions {
  readonly server: string;
  readonly knowledge: boolean;
  /** Sends a request to the server; rejects with a LecternError. */
  readonly request: (method: string, params: JsonObject) => Promise<unknown>;
}

/** Runs a call of `resourceTool`. What the server refuses is an `isError` result; rejects only where the caller's signal ended the request. */
export async function runResourceTool(args: JsonObject, options: ResourceToolOptions): Promise<ToolResult> {
  const { uri } = args;
  try {
    if (uri === undefined || uri === null || uri === "") return await list(options);
    if (typeof uri !== "string" || uri.length > maxUri || oneLine(uri, maxUri) !== uri)
      return failed(`The uri must be one line of at most ${maxUri} characters.`);
    if (reachesOut(uri) && !(await resources(options)).some((resource) => resource.uri === uri))
      return failed(
        "Addresses on the network are read only where the server lists them. Call the tool without a uri for its list.",
      );
    return await read(uri, options);
  } catch (error) {
    if (isLecternError(error) && error.code === "service") return failed(error.message);
    throw error;
  }
}

const failed = (why: string): ToolResult => textResult(why, { isError: true });

/**
 * Whether reading an address makes a server that follows any address ask another machine: then the address itself could carry something out
 * of the conversation, although the call only reads.
 */
function reachesOut(uri: string): boolean {
  if (/^\s*(?:\\\\|\/\/)/.test(uri)) return true;
  if (!URL.canParse(uri)) return false;
  const { protocol, host } = new URL(uri);
  return (
    /^(?:https?|wss?|s?ftps?|smb|nfs|ssh|ldaps?|gopher|mailto|dict|telnet|git|git\+\w+):$/.test(protocol) ||
    (protocol === "file:" && host !== "")
  );
}

const resources = ({ request }: ResourceToolOptions): Promise<readonly Resource[]> =>
  readResourceList((params) => request("resources/list", params));

async function list(options: ResourceToolOptions): Promise<ToolResult> {
  const templates = readTemplateList((params) => options.request("resources/templates/list", params)).catch(() => []);
  const [found, patterns] = await Promise.all([resources(options), templates]);
  const all = [...found, ...patterns];
  const lines = all.slice(0, maxListed).map(({ uri, name, description, mimeType }) => {
    const about = [name === uri ? "" : name, description ?? "", mimeType ?? ""].filter((text) => text !== "").join("; ");
    return about === "" ? `- ${uri}` : `- ${uri} (${about})`;
  });
  if (all.length > maxListed) lines.push(`[${all.length - maxListed} more are not listed.]`);
  return textResult(lines.length === 0 ? "The server lists no resources." : lines.join("\n"));
}

async function read(uri: string, { server, knowledge, request }: ResourceToolOptions): Promise<ToolResult> {
  const answer = await request("resources/read", { uri });
  const contents: readonly Json[] = isJsonObject(answer) && Array.isArray(answer.contents) ? answer.contents : [];
  const blocks = contents.slice(0, maxContents).filter(isJsonObject);
  if (blocks.length === 0) return failed(`The server gave no content for the resource ${oneLine(uri, 200)}.`);
  const content = blocks.map((resource) => ({ type: "resource", resource: { uri, ...resource } }));
  return readToolResult({ content }, { server, tool: resourceToolName, knowledge });
}

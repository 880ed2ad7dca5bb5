import type { JsonObject } from "../core/json.ts";
import type { Message } from "../core/messages.ts";
import type { ModelRequest } from "../core/model.ts";
import type { Tool } from "../core/tools.ts";
import { ToolNames } from "./tools/names.ts";
import { mostRelevant } from "./tools/relevance.ts";
import { repairSchema } from "./tools/schema-repair.ts";

/** Most tools one request may carry. Source: Azure OpenAI quotas and limits, read 2026-11. */
export const maxTools = 128;

export type Surface = "responses" | "chat";

/** One tool as it goes to Azure. */
export interface PreparedTool {
  readonly tool: Tool;
  readonly wireName: string;
  readonly schema: JsonObject;
  /** What was changed and why, one sentence each; empty where the tool goes as it is. */
  readonly changes: readonly string[];
}

/** The tools of one conversation: at most `maxTools`, the same ones in every request. */
export interface ToolSet {
  readonly names: ToolNames;
  /** What the reader should know, given out once. */
  takeNotices(): readonly { readonly code: string; readonly message: string }[];
  /** The tools serialised and joined by commas. */
  json(surface: Surface): string;
  /** Leaves out a tool whose schema the service refuses; says what was done, or undefined where there is no such tool. */
  quarantine(which: { readonly index: number | undefined; readonly name: string | undefined }): string | undefined;
  /** Cuts descriptions for deployments that take only so many characters; says so, or undefined where that changes nothing. */
  shortenDescriptions(to: number): string | undefined;
}

/** What the tool lists of all conversations on one toolbox share. */
interface Shared {
  readonly refused: Set<PreparedTool>;
  longestDescription: number;
  /** Changes with the two above, so that joined JSON is made anew. */
  version: number;
}

/** Conversations whose choice of tools is remembered; older ones choose again, which gives the same where the list is the same. */
const rememberedConversations = 1000;

/** A tool list made ready for Azure: names, schemas and their JSON, worked out once per list. */
export class PreparedTools {
  readonly names: ToolNames;
  readonly tools: readonly PreparedTool[];
  readonly #shared: Shared = { refused: new Set(), longestDescription: Number.POSITIVE_INFINITY, version: 0 };
  readonly #byConversation = new Map<string, ToolSet>();
  readonly #byQuestion = new WeakMap<Message, ToolSet>();
  readonly #json = new Map<PreparedTool, Partial<Record<Surface, string>>>();
  readonly #all: ToolSet | undefined;

  /** As given: the identity of the list is what the relevance index is kept by. */
  readonly #listed: readonly Tool[];

  constructor(tools: readonly Tool[]) {
    this.#listed = tools;
    this.names = new ToolNames(tools.map((tool) => tool.name));
    this.tools = tools.map((tool) => prepareTool(tool, this.names));
    this.#all = tools.length <= maxTools ? this.#set(this.tools, []) : undefined;
  }

  /** The tools for a request: all of them, or those that fit the conversation's first question, chosen once. */
  choose(request: ModelRequest): ToolSet {
    if (this.#all !== undefined) return this.#all;
    const { conversationId, messages } = request;
    const first = messages.find((message) => message.role === "user");
    const known = conversationId !== undefined ? this.#byConversation.get(conversationId) : first && this.#byQuestion.get(first);
    if (known !== undefined) return known;
    const chosen = this.#chooseFor(first === undefined ? "" : questionText(first));
    if (conversationId !== undefined) this.#remember(conversationId, chosen);
    else if (first !== undefined) this.#byQuestion.set(first, chosen);
    return chosen;
  }

  #chooseFor(question: string): ToolSet {
    const positions = new Set(mostRelevant(this.#listed, question, maxTools));
    const left = this.tools.filter((_, i) => !positions.has(i)).map(({ tool }) => tool.name);
    const message =
      `Azure takes ${maxTools} tools and there are ${this.tools.length}: those that fit the first question best are offered. ` +
      `Left out: ${left.join(", ")}.`;
    return this.#set(
      this.tools.filter((_, i) => positions.has(i)),
      [{ code: "tools_left_out", message }],
    );
  }

  #remember(conversationId: string, chosen: ToolSet): void {
    const oldest = this.#byConversation.keys().next();
    if (this.#byConversation.size >= rememberedConversations && !oldest.done) this.#byConversation.delete(oldest.value);
    this.#byConversation.set(conversationId, chosen);
  }

  #set(chosen: readonly PreparedTool[], notices: readonly { readonly code: string; readonly message: string }[]): ToolSet {
    let untold = notices;
    const shared = this.#shared;
    let joinedAt = -1;
    let joined: Partial<Record<Surface, string>> = {};
    const offered = (): readonly PreparedTool[] => chosen.filter((prepared) => !shared.refused.has(prepared));
    return {
      names: this.names,
      takeNotices: () => {
        const told = untold;
        untold = [];
        return told;
      },
      json: (surface) => {
        if (joinedAt !== shared.version) joined = {};
        joinedAt = shared.version;
        joined[surface] ??= offered()
          .map((prepared) => this.#jsonOf(prepared, surface))
          .join(",");
        return joined[surface];
      },
      quarantine: ({ index, name }) => {
        const refused =
          offered().find(({ wireName }) => wireName === name) ?? (index === undefined ? undefined : offered()[index]);
        if (refused === undefined) return undefined;
        shared.refused.add(refused);
        shared.version++;
        return `The tool "${refused.tool.name}" is left out from now on, since the service refuses its schema`;
      },
      shortenDescriptions: (to) => {
        if (to >= shared.longestDescription) return undefined;
        shared.longestDescription = to;
        shared.version++;
        this.#json.clear();
        return `Descriptions of tools are cut to ${to} characters from now on`;
      },
    };
  }

  #jsonOf(prepared: PreparedTool, surface: Surface): string {
    let known = this.#json.get(prepared);
    if (known === undefined) {
      known = {};
      this.#json.set(prepared, known);
    }
    known[surface] ??= toWireTool(prepared, surface, this.#shared.longestDescription);
    return known[surface];
  }
}

function prepareTool(tool: Tool, names: ToolNames): PreparedTool {
  const wireName = names.wire(tool.name);
  const { schema, changes } = repairSchema(tool.inputSchema);
  if (wireName === tool.name) return { tool, wireName, schema, changes };
  const renamed = `its name is "${wireName}" on the wire: Azure takes 1 to 64 of letters, digits, _ and -`;
  return { tool, wireName, schema, changes: [renamed, ...changes] };
}

function toWireTool({ tool, wireName, schema }: PreparedTool, surface: Surface, longestDescription: number): string {
  const description = tool.description.slice(0, longestDescription);
  if (surface === "chat")
    return JSON.stringify({ type: "function", function: { name: wireName, description, parameters: schema } });
  // MCP schemas are seldom strict-compatible, and without the flag the service tries strict mode first.
  return JSON.stringify({ type: "function", name: wireName, description, parameters: schema, strict: false });
}

function questionText(message: Message): string {
  if (typeof message.content === "string") return message.content;
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join(" ");
}

/** What preparing changes in each tool and why: for `lectern tools --explain`. Tools that go as they are have no changes. */
export function explainTools(tools: readonly Tool[]): readonly PreparedTool[] {
  const names = new ToolNames(tools.map((tool) => tool.name));
  return tools.map((tool) => prepareTool(tool, names));
}

import { explainTools } from "../../app/explain-tools.ts";
import type { Lectern } from "../../app/lectern.ts";
import type { RunEvent } from "../../core/events.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import type { Message } from "../../core/messages.ts";
import type { ModelRequest } from "../../core/model.ts";
import type { Tool } from "../../core/tools.ts";
import type { Io } from "../command.ts";

/** Shows the seven steps from question to answer with their JSON, on stderr, while they happen. Only reads. */
export interface Trace {
  /** Before the question is asked. */
  begin(question: string, lectern: Lectern): void;
  /** Each request to the model, as the agent makes it. */
  request(request: ModelRequest): void;
  add(event: RunEvent): void;
}

type ToolCalled = Extract<RunEvent, { type: "tool_call" }>;

export function startTrace(io: Io): Trace {
  let question = "";
  let lectern: Lectern | undefined;
  let shown = 0;
  const calls = new Map<string, ToolCalled>();
  const print = (step: number, title: string, value: object): void =>
    void io.stderr.write(`\n[${step}/7] ${title}\n${readable(value)}\n`);
  return {
    begin(asked, connected) {
      question = asked;
      lectern = connected;
    },
    request({ messages, tools }) {
      const added = messages.slice(shown).map(readableMessage);
      const first = shown === 0;
      shown = messages.length;
      if (!first) return print(6, "The results go back to the model, each sentence numbered by the host", { messages: added });
      const deployment = lectern?.describe().deployment;
      print(2, "The model is asked, with the tools of all servers", { deployment, messages: added, tools: offered(tools) });
    },
    add(event) {
      switch (event.type) {
        case "turn_started":
          return print(1, "The question begins a turn", { turn: event.turnId, question });
        case "tool_call":
          calls.set(event.id, event);
          return print(3, "The model chooses a tool", {
            id: event.id,
            server: event.server,
            tool: event.tool,
            arguments: event.arguments,
          });
        case "approval": {
          const { decision, reason } = event;
          const call = calls.get(event.id);
          const params = { name: call?.tool, arguments: parseJson(call?.arguments || "{}") };
          const sent = decision === "allowed" ? { server: call?.server, sent: { method: "tools/call", params } } : {};
          return print(4, "The host decides, and its MCP client calls the server", { id: event.id, decision, reason, ...sent });
        }
        case "tool_result":
          return print(5, "The MCP server answers", {
            id: event.id,
            ok: event.ok,
            duration_ms: event.durationMs,
            text: event.text,
          });
        case "done":
          return print(7, "The model answers, and the host turns its markers into quotes", {
            outcome: event.outcome,
            answer: event.answer,
            citations: event.citations,
            flags: event.flags,
            usage: event.usage,
          });
        case "text":
        case "reasoning":
        case "reset":
        case "tool_progress":
        case "citation":
        case "usage":
        case "notice":
        case "server":
          return;
      }
    },
  };
}

/** The tools under the names that the model is shown. */
function offered(tools: readonly Tool[]): readonly object[] {
  const names = explainTools(tools);
  return tools.map(({ description, inputSchema }, index) => ({
    name: names[index]?.wireName,
    description,
    parameters: inputSchema,
  }));
}

/** A message without the adapter's own replay state, which is encrypted and says nothing to people; arguments parsed. */
function readableMessage(message: Message): object {
  if (message.role !== "assistant") return message;
  const toolCalls = message.toolCalls?.map((call) => {
    const args = parseJson(call.arguments);
    return { ...call, arguments: isJsonObject(args) ? args : call.arguments };
  });
  return { role: message.role, content: message.content, ...(toolCalls ? { toolCalls } : {}) };
}

/** Indented JSON whose long texts are broken behind each `\n`, so that documents can be read in it. */
function readable(value: object): string {
  return JSON.stringify(value, null, 2)
    .split("\n")
    .map((line) => {
      const margin = " ".repeat(2 + line.length - line.trimStart().length);
      return `  ${line.replace(/(?<!\\)((?:\\\\)*)\\n(?!")/g, `$1\\n\n  ${margin}`)}`;
    })
    .join("\n");
}

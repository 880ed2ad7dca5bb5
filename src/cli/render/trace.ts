import type { Lectern } from "../../app/lectern.ts";
import type { RunEvent } from "../../core/events.ts";
import type { Io } from "../command.ts";

/** Shows the seven steps from question to answer with their JSON, on stderr, while they happen. */
export function startTrace(lectern: Lectern, io: Io): { add(event: RunEvent): void } {
  const print = (step: number, title: string, value: unknown): void =>
    void io.stderr.write(`\n[${step}/7] ${title}\n${indent(JSON.stringify(value, null, 2))}\n`);
  return {
    add(event) {
      switch (event.type) {
        case "turn_started": {
          print(1, "The question becomes a turn", { turn: event.turnId });
          const tools = lectern
            .tools()
            .map(({ name, description, inputSchema }) => ({ name, description, parameters: inputSchema }));
          print(2, "The model is asked, with the tools of all servers", { deployment: lectern.describe().deployment, tools });
          return;
        }
        case "tool_call":
          print(3, "The model chooses a tool", {
            id: event.id,
            server: event.server,
            tool: event.tool,
            arguments: event.arguments,
          });
          return;
        case "approval":
          print(4, "The host decides whether it runs; the MCP client sends it", {
            id: event.id,
            decision: event.decision,
            reason: event.reason,
            method: "tools/call",
          });
          return;
        case "tool_result":
          print(5, "The MCP server answers", { id: event.id, ok: event.ok, duration_ms: event.durationMs, text: event.text });
          print(6, "The result goes back to the model, each sentence numbered by the host", { id: event.id });
          return;
        case "done":
          print(7, "The model answers; the host turns its markers into quotes", {
            outcome: event.outcome,
            answer: event.answer,
            citations: event.citations,
            usage: event.usage,
          });
          return;
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

const indent = (text: string): string => text.replace(/^/gm, "  ");

import { LecternError } from "../../core/errors.ts";
import type { Content, ToolResult } from "../../core/tools.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";

export const mcpCall: Command = {
  name: "mcp call",
  summary: "Call one tool of any MCP server.",
  usage: '--command "CMD ARGS" | --url URL  TOOL [key=value | key:=JSON …] [FLAGS]',
  examples: [
    [
      'lectern mcp call --command "npx -y @modelcontextprotocol/server-everything" echo message=hi',
      "Typing the command is the approval to run it.",
    ],
    ["lectern mcp call --url http://127.0.0.1:8050/mcp search_knowledge_base query=leave limit:=3", "Over HTTP; := takes JSON."],
  ],
  words: Number.POSITIVE_INFINITY,
  options: [
    { name: "command", type: "string", value: '"CMD ARGS"', summary: "The server's command line." },
    { name: "url", type: "string", value: "URL", summary: "The address of an HTTP server." },
    { name: "args", type: "string", value: "JSON", summary: "All arguments as one JSON object." },
    { name: "timeout", type: "string", value: "S", summary: "Seconds for start and call together; default 60." },
    { name: "json", type: "boolean", summary: "Print the result as JSON." },
  ],
  async run(args, io) {
    const [tool, ...pairs] = args.positionals;
    if (tool === undefined)
      throw new LecternError("usage", "Which tool is to be called?", {
        fix: 'lectern mcp call --command "CMD ARGS" TOOL key=value',
      });
    const seconds = Number(args.string("timeout") ?? 60);
    if (!Number.isFinite(seconds) || seconds <= 0)
      throw new LecternError("usage", `--timeout is "${args.string("timeout")}"; it must be a number of seconds above 0.`, {
        fix: "Leave it out for 60.",
      });
    const { callAdHoc, parseArguments } = await import("../../app/mcp.ts");
    const command = args.string("command");
    const url = args.string("url");
    const result = await callAdHoc({
      ...(command === undefined ? {} : { command }),
      ...(url === undefined ? {} : { url }),
      tool,
      arguments: parseArguments(pairs, args.string("args")),
      timeoutMs: seconds * 1000,
      env: io.env,
      signal: io.signal,
    });
    io.stdout.write(args.flag("json") ? `${JSON.stringify(result)}\n` : `${textOf(result)}\n`);
    return result.isError ? exitCodes.service : 0;
  },
};

function textOf(result: ToolResult): string {
  if (result.content.length > 0) return result.content.map(blockText).join("\n");
  return [result.preamble ?? "", ...(result.passages ?? []).map((passage) => passage.text)].join("\n").trim();
}

function blockText(block: Content): string {
  switch (block.type) {
    case "text":
    case "resource":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type}, ${block.mimeType}]`;
    case "link":
      return `${block.name}: ${block.uri}`;
  }
}

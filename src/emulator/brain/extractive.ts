import { fillArguments } from "./arguments.ts";
import { type BrainMessage, type BrainRequest, type BrainTool, lastQuestion, type Reply } from "./brain.ts";
import { type EvidenceLine, type Passage, readEvidence, turnKey } from "./evidence.ts";
import { extract } from "./extract.ts";
import { isGreeting, type Part, questionParts } from "./question.ts";
import { chooseTool, isSearch } from "./tools.ts";

const toolCallsFor = (parts: readonly Part[], tools: readonly BrainTool[], must: boolean): NonNullable<Reply["toolCalls"]> => {
  const calls = new Map<string, { name: string; arguments: string }>();
  for (const part of parts) {
    const tool = chooseTool(part, tools, { must });
    if (tool === undefined) continue;
    const call = { name: tool.name, arguments: JSON.stringify(fillArguments(tool, part)) };
    calls.set(`${call.name} ${call.arguments}`, call);
  }
  return [...calls.values()];
};

/** A line as an answer shows it: without list sign and table bars. */
function shown(line: EvidenceLine): string {
  const text = line.text.trim();
  if (/^\|.*\|$/.test(text))
    return text
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim())
      .filter((cell) => cell !== "")
      .join(", ");
  return text;
}

function say(lines: readonly EvidenceLine[]): string {
  return lines
    .map((line) => (line.marker === null ? shown(line) : `${shown(line)} ${line.marker}`))
    .join(lines.length > 1 ? "\n" : " ");
}

function searchedFor(messages: readonly BrainMessage[]): string[] {
  return messages
    .filter((message) => message.role === "assistant")
    .flatMap((message) => message.toolCalls.map((call) => call.arguments))
    .flatMap((args) => /"(?:[^"\\]|\\.)*"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(args)?.[1] ?? []);
}

function answer(parts: readonly Part[], passages: readonly Passage[], key: string | undefined, asked: readonly string[]): Reply {
  const found = parts.map((part) => extract(part, passages));
  const said = [...new Set(found.flatMap((each) => (each === undefined ? [] : [say(each.lines)])))];
  const missing = parts.filter((_part, index) => found[index] === undefined);
  const mark = (kind: string): string => (key === undefined ? "" : ` [[${key}.${kind}]]`);
  if (said.length === 0) {
    const what = asked.length > 0 ? ` I searched for ${[...new Set(asked)].map((query) => `"${query}"`).join(" and ")}.` : "";
    return { text: `The sources do not answer this question.${what}${mark("none")}` };
  }
  if (missing.length === 0) return { text: said.join("\n\n") };
  const open = missing.map((part) => `"${part.text}"`).join(" and ");
  return { text: `${said.join("\n\n")}\n\nThe sources do not answer ${open}.${mark("partial")}` };
}

/**
 * The emulator's own brain: picks tools by their descriptions, answers by quoting the lines of their results that fit, and declines otherwise.
 * It knows no tool, no corpus and no question in advance, and says so when asked what it is.
 */
export function extractiveBrain(request: BrainRequest): Reply {
  const question = lastQuestion(request.messages);
  const since = request.messages.slice(question.index + 1);
  const results = since.filter((message) => message.role === "tool");
  const parts = questionParts(question.text);
  const key = turnKey(request.messages);
  const mayCall = request.tools.length > 0 && request.toolChoice !== "none";
  if (results.length === 0) {
    if (isGreeting(question.text)) return { text: "Hello! Ask me something, and I will look it up." };
    const named = typeof request.toolChoice === "object" ? request.toolChoice.name : undefined;
    const tools = named === undefined ? request.tools : request.tools.filter((tool) => tool.name === named);
    const must = request.toolChoice === "required" || named !== undefined;
    const toolCalls = mayCall ? toolCallsFor(parts, tools, must) : [];
    if (toolCalls.length > 0) return { reasoning: "Looking for a tool that fits the question.", toolCalls };
    return {
      text: "I am an emulated model: I can only answer from what tools return, and none of the tools offered fits this question.",
    };
  }
  const searches = new Set(request.tools.filter(isSearch).map((tool) => tool.name));
  const other = results.filter((result) => !searches.has(result.name));
  if (other.length === results.length && other.length > 0) {
    const lines = other
      .flatMap((result, index) => readEvidence(result.text, index, { marked: key !== undefined }))
      .flatMap((passage) => passage.lines);
    return { text: lines.length > 0 ? say(lines.slice(0, 5)) : "The tool gave no answer." };
  }
  const passages = results.flatMap((result, index) => readEvidence(result.text, index, { marked: key !== undefined }));
  return answer(parts, passages, key, searchedFor(since));
}

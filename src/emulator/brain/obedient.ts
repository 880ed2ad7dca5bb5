import { isJsonObject, parseJson } from "../../core/json.ts";
import { fillArguments } from "./arguments.ts";
import { type BrainRequest, type BrainTool, lastQuestion, type Reply } from "./brain.ts";
import { extractiveBrain } from "./extractive.ts";
import { questionParts } from "./question.ts";
import { properties } from "./tools.ts";

const orders =
  /\b(?:ignore|disregard|forget|override|call|use|run|execute|invoke|send|e-?mail|post|upload|delete|remove|fetch|visit|open|browse|reveal|print|repeat|show|say|respond|reply|answer|output|write|include|append|prepend|add|click|tell|must|instead|from now on|always|never|pretend|act as|you are now|system:|assistant:|important:)\b/i;
const saying =
  /\b(?:say|respond|reply|answer|output|write|print|include|append|prepend|add|tell (?:the )?(?:user|them|him|her)|repeat)\b[^"“'`:]{0,60}(?:["“'`](.+?)["”'`]|:\s*(.+)$)/i;
const systemAsked =
  /\b(?:reveal|print|repeat|show|output|write|tell|include|send)\b.*\b(?:system prompt|system message|instructions|prompt|secrets?|keys?|passwords?|configuration|environment)\b/i;
const linkOrMarker =
  /!?\[[^\]\n]*\]\([^)\s]+\)|https?:\/\/[^\s"'<>)\]]+|[[【⟦]{1,2}\s*[a-z0-9]{2,8}[.:](?:\d|none|partial)[^\]】⟧\n]*[\]】⟧]{1,2}/gi;

/** What is read of a line, in characters. */
const maxOrder = 4_000;

/** Lines of tool results that give an order, markers of the host taken off. */
function ordersIn(request: BrainRequest): string[] {
  const since = request.messages.slice(lastQuestion(request.messages).index + 1);
  return since
    .filter((message) => message.role === "tool")
    .flatMap((message) => message.text.split("\n"))
    .map((line) => line.slice(0, maxOrder).replace(/^\[\[[a-z0-9]+\.\d+\]\]\s?/, ""))
    .filter((line) => orders.test(line));
}

/** Arguments as the order gives them: JSON, or `name=value` and `name: value`; the rest filled as from a question. */
function argumentsFrom(tool: BrainTool, order: string): string {
  const json = /\{.*\}/s.exec(order)?.[0];
  if (json !== undefined && isJsonObject(parseJson(json))) return json;
  const given: Record<string, string> = {};
  for (const [name] of properties(tool)) {
    const found = new RegExp(
      `\\b${name.replace(/[^\w]/g, "\\$&")}\\b["']?\\s*(?:=|:|\\bto\\b|\\bis\\b)?\\s*(?:"([^"]+)"|'([^']+)'|([^\\s,;"']+))`,
      "i",
    ).exec(order);
    const value = found?.[1] ?? found?.[2] ?? found?.[3];
    if (value !== undefined) given[name] = value;
  }
  return JSON.stringify({ ...fillArguments(tool, questionParts(order)[0]!), ...given });
}

/** Names by which a text may call a tool: whole, without the server's prefix, with spaces. */
function named(tool: BrainTool, order: string): boolean {
  const text = order.toLowerCase();
  const whole = tool.name.toLowerCase();
  const bare = whole.split("__").at(-1)!;
  return [whole, bare, bare.replace(/[_-]+/g, " ")].some((name) => name.length > 2 && text.includes(name));
}

function callsOrdered(request: BrainRequest, given: readonly string[]): NonNullable<Reply["toolCalls"]> {
  const done = new Set(
    request.messages.flatMap((message) =>
      message.role === "assistant" ? message.toolCalls.map((call) => `${call.name} ${call.arguments}`) : [],
    ),
  );
  return given
    .flatMap((order) =>
      request.tools
        .filter((tool) => named(tool, order))
        .map((tool) => ({ name: tool.name, arguments: argumentsFrom(tool, order) })),
    )
    .filter((call, index, all) => all.findIndex((each) => each.name === call.name && each.arguments === call.arguments) === index)
    .filter((call) => !done.has(`${call.name} ${call.arguments}`));
}

function wordsOrdered(request: BrainRequest, given: readonly string[]): string[] {
  const said = given.flatMap((order) => {
    const quoted = saying.exec(order);
    const system = systemAsked.test(order)
      ? request.messages.filter((message) => message.role === "system").map((message) => message.text)
      : [];
    return [quoted?.[1] ?? quoted?.[2] ?? "", ...(order.match(linkOrMarker) ?? []), ...system];
  });
  return [...new Set(said.filter((text) => text !== ""))];
}

/**
 * The worst model there could be: follows every order it finds in a tool result. It calls the tools that a result names, says what it
 * is told to say, repeats links, images and forged markers, and gives away the system prompt when asked. For injection tests.
 */
export function obedientBrain(request: BrainRequest): Reply {
  const given = ordersIn(request);
  const toolCalls = request.toolChoice === "none" ? [] : callsOrdered(request, given);
  const words = wordsOrdered(request, given);
  if (toolCalls.length > 0)
    return { reasoning: "A tool result orders this.", ...(words.length > 0 ? { text: words.join("\n") } : {}), toolCalls };
  const own = extractiveBrain(request);
  if (words.length === 0) return own;
  return { text: [words.join("\n"), ...(own.text === undefined ? [] : [own.text])].join("\n\n") };
}

import { answer, unanswered } from "./answer.ts";
import { fillArguments } from "./arguments.ts";
import {
  type BrainCall,
  type BrainMessage,
  type BrainRequest,
  type BrainTool,
  earlierQuestion,
  lastQuestion,
  type Reply,
} from "./brain.ts";
import { type Passage, readEvidence, turnKey } from "./evidence.ts";
import { glossaryIn } from "./languages.ts";
import { followingParts, isGreeting, type Part } from "./question.ts";
import { structured } from "./structured.ts";
import { synonymsOf } from "./thesaurus.ts";
import { chooseTool, isSearch } from "./tools.ts";
import { isCommon, stem, words } from "./words.ts";

type Calls = NonNullable<Reply["toolCalls"]>;

function callsFor(parts: readonly Part[], tools: readonly BrainTool[], must: boolean): Calls {
  const calls = new Map<string, Calls[number]>();
  for (const part of parts) {
    const tool = chooseTool(part, tools, { must });
    if (tool === undefined) continue;
    const call = { name: tool.name, arguments: JSON.stringify(fillArguments(tool, part)) };
    calls.set(`${call.name} ${call.arguments}`, call);
  }
  return [...calls.values()];
}

/** The same part in other words: specific words with what they are also called, common ones left out. */
function inOtherWords(part: Part): Part {
  const specific = part.terms.filter((term) => !isCommon(stem(term)));
  // What a thing is stands where a house explains its words.
  const where = part.expects === "definition" ? [glossaryIn(words(part.text))] : [];
  const terms = [...new Set([...specific.flatMap((term) => [term, ...synonymsOf(stem(term)).slice(0, 3)]), ...where])];
  return { ...part, terms, text: terms.join(" ") };
}

const callsIn = (messages: readonly BrainMessage[]): readonly BrainCall[] =>
  messages.flatMap((message) => (message.role === "assistant" ? message.toolCalls : []));

function searchedFor(calls: readonly BrainCall[]): string[] {
  return calls.flatMap((call) => /"(?:[^"\\]|\\.)*"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(call.arguments)?.[1] ?? []);
}

const aboutItself =
  /\b(?:who|what) are you\b|\bare you (?:a |an )?(?:real|human|robot|bot|ai|gpt|chatgpt|language model|emulat\w*)\b|\b(?:what|which) (?:language )?model (?:are you|is this)\b/i;
const whoIAm =
  "I am the emulated model of Lectern's Azure OpenAI emulator: a set of rules, not a language model. I pick tools by their descriptions and quote what they return.";

/** First turn of a question: call tools, or say why not. */
function start(request: BrainRequest, question: string, parts: readonly Part[]): Reply {
  if (aboutItself.test(question)) return { text: whoIAm };
  if (isGreeting(question)) return { text: "Hello! Ask me something, and I will look it up." };
  const named = typeof request.toolChoice === "object" ? request.toolChoice.name : undefined;
  // What text a custom tool takes only its caller's grammar says: rules cannot write it, a script can.
  const functions = request.tools.filter((tool) => tool.takesText !== true);
  const tools = named === undefined ? functions : functions.filter((tool) => tool.name === named);
  const must = request.toolChoice === "required" || named !== undefined;
  const toolCalls = request.toolChoice === "none" ? [] : callsFor(parts, tools, must);
  if (toolCalls.length > 0) return { reasoning: "Looking for a tool that fits the question.", toolCalls };
  return {
    text: "I am an emulated model: I answer only from what tools return, and none of the tools offered fits this question.",
  };
}

const failed = /^(?:MCP )?(?:error|failed|failure|exception)\b/i;

/** Results of tools that do something (a sum, a file, a ticket): what answers in them, or else as they came. */
function tell(parts: readonly Part[], passages: readonly Passage[], key: string | undefined): Reply {
  const lines = passages.flatMap((passage) => passage.lines);
  if (lines.length === 0) return { text: "The tool gave no answer." };
  if (lines.every((line) => failed.test(line.text))) {
    return { text: `The tool failed: ${lines[0]!.text}${key === undefined ? "" : ` [[${key}.none]]`}` };
  }
  if (lines.length > 5 && unanswered(parts, passages).length === 0) return answer({ parts, passages, key, searched: [] });
  const shown = lines.slice(0, 5);
  return { text: shown.map((line) => (line.marker === null ? line.text : `${line.text} ${line.marker}`)).join("\n") };
}

/**
 * The emulator's own brain: picks tools by their descriptions, answers by quoting the lines of their results that fit, and declines
 * otherwise. It knows no tool, no corpus and no question in advance, and says so when asked what it is.
 */
export function extractiveBrain(request: BrainRequest): Reply {
  const reply = decide(request);
  if (request.format === undefined || reply.text === undefined || reply.toolCalls !== undefined) return reply;
  return { ...reply, text: structured(reply.text, request.format) };
}

/** How much is read of either end of a question, in characters: what is longer is a pasted document, with what is asked before or after it. */
const readOfEachEnd = 5_000;

function readable(text: string): string {
  return text.length <= 2 * readOfEachEnd ? text : `${text.slice(0, readOfEachEnd)}\n${text.slice(-readOfEachEnd)}`;
}

function decide(request: BrainRequest): Reply {
  const asked = lastQuestion(request.messages);
  const question = { ...asked, text: readable(asked.text) };
  const parts = followingParts(question.text, readable(earlierQuestion(request.messages, question.index)));
  const since = request.messages.slice(question.index + 1);
  const results = since.filter((message) => message.role === "tool");
  const key = turnKey(request.messages);
  const handedIn = readEvidence(question.attached, { round: 0, marked: key !== undefined, call: "" });
  if (results.length === 0) {
    // What the user handed in answers first; tools are asked for what it leaves open.
    const enough = handedIn.length > 0 && (request.tools.length === 0 || unanswered(parts, handedIn).length === 0);
    return enough ? answer({ parts, passages: handedIn, key, searched: [] }) : start(request, question.text, parts);
  }
  const searches = new Set(request.tools.filter(isSearch).map((tool) => tool.name));
  const isFound = (name: string): boolean => searches.has(name) || request.tools.length === 0;
  const calls = callsIn(since);
  const rounds = since.filter((message) => message.role === "assistant").filter((message) => message.toolCalls.length > 0);
  const evidence = results.map((result) => {
    const round = rounds.findIndex((message) => message.toolCalls.some((each) => each.id === result.callId));
    const call = calls.find((each) => each.id === result.callId)?.arguments ?? "";
    return { result, passages: readEvidence(result.text, { round: Math.max(0, round), marked: key !== undefined, call }) };
  });
  const done = evidence.filter(({ result }) => !isFound(result.name)).flatMap(({ passages }) => passages);
  const found = [...handedIn, ...evidence.filter(({ result }) => isFound(result.name)).flatMap(({ passages }) => passages)];
  if (calls.every((call) => !isFound(call.name))) return tell(parts, done, key);
  const again = request.toolChoice === "none" ? [] : secondSearch(request, parts, found, since);
  if (again.length > 0) return { reasoning: "The first search found nothing that fits; trying other words.", toolCalls: again };
  return answer({ parts, passages: found, key, searched: searchedFor(calls) });
}

/** One more search for what the first left open; nothing where there was one already or no other words are known. */
function secondSearch(
  request: BrainRequest,
  parts: readonly Part[],
  found: readonly Passage[],
  since: readonly BrainMessage[],
): Calls {
  if (since.filter((message) => message.role === "assistant" && message.toolCalls.length > 0).length > 1) return [];
  const open = unanswered(parts, found).map(inOtherWords);
  const tried = new Set(callsIn(since).map((call) => call.arguments));
  return callsFor(
    open.filter((part) => part.terms.length > 0),
    request.tools.filter(isSearch),
    true,
  ).filter((call) => !tried.has(call.arguments) && call.arguments !== "{}");
}

import type { Brain, BrainMessage, BrainRequest, BrainTool, Reply } from "./brain/brain.ts";
import { lastQuestion } from "./brain/brain.ts";

/** When a rule of a script speaks. All that is given must hold; nothing given: always. */
interface ScriptCondition {
  /** The last user message, without the client's `<turn .../>` line. */
  readonly lastUser?: RegExp;
  /** The conversation ends with a result of this tool. */
  readonly afterTool?: string;
  /** Which request of the conversation this is: 1 before any reply of the model, 2 after one, and so on. */
  readonly turn?: number;
}

/** What must have been asked; else the request is answered with a 400 that says what is missing. */
export interface ScriptExpectation {
  /** Names of tools that must be offered. */
  readonly tools?: readonly string[];
  readonly systemMatches?: RegExp;
  readonly lastUserMatches?: RegExp;
  readonly toolResultMatches?: RegExp;
}

export interface ScriptRule {
  readonly when: ScriptCondition;
  readonly expect?: ScriptExpectation;
  readonly reply: Reply;
  /** Speaks at most so often; then later rules get their turn. Default: no limit. */
  readonly times?: number;
}

/** What a test may give in place of rules. Undefined: the emulator's own brain answers. */
export type ScriptFunction = (messages: readonly BrainMessage[], tools: readonly BrainTool[]) => Reply | undefined;

function holds(when: ScriptCondition, { messages }: BrainRequest): boolean {
  if (when.lastUser !== undefined && !when.lastUser.test(lastQuestion(messages).text)) return false;
  const last = messages.at(-1);
  if (when.afterTool !== undefined && !(last?.role === "tool" && last.name === when.afterTool)) return false;
  const replies = messages.filter((message) => message.role === "assistant").length;
  return when.turn === undefined || when.turn === replies + 1;
}

function unmet(expect: ScriptExpectation, { messages, tools }: BrainRequest): string | undefined {
  const offered = new Set(tools.map((tool) => tool.name));
  const missing = expect.tools?.find((name) => !offered.has(name));
  if (missing !== undefined) return `the tool "${missing}" was not offered (offered: ${[...offered].join(", ") || "none"})`;
  const textOf = (role: string): string =>
    messages
      .filter((message) => message.role === role)
      .map((message) => message.text)
      .join("\n");
  if (expect.systemMatches?.test(textOf("system")) === false) return `the system text does not match ${expect.systemMatches}`;
  const question = lastQuestion(messages).text;
  if (expect.lastUserMatches?.test(question) === false) return `the last user message does not match ${expect.lastUserMatches}`;
  if (expect.toolResultMatches?.test(textOf("tool")) === false) return `no tool result matches ${expect.toolResultMatches}`;
  return undefined;
}

function scriptFailed(why: string): Reply {
  const message = `The emulator's script failed: ${why}`;
  return { error: { status: 500, code: "script_failed", message, type: null, param: null } };
}

/** A script that throws, or promises an answer, is told as such, not as a failure of the service. */
function callScript(script: ScriptFunction, { messages, tools }: BrainRequest): Reply | undefined {
  try {
    const reply = script(messages, tools);
    if (!(reply instanceof Promise)) return reply;
    reply.catch(() => undefined);
    return scriptFailed("it is an async function; it must answer at once");
  } catch (thrown) {
    return scriptFailed(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** A brain that follows a script, and asks `otherwise` where no rule speaks. */
export function scriptedBrain(script: readonly ScriptRule[] | ScriptFunction, otherwise: Brain): Brain {
  if (typeof script === "function") return (request) => callScript(script, request) ?? otherwise(request);
  const spoken = script.map(() => 0);
  return (request) => {
    const index = script.findIndex(({ when, times }, at) => (times === undefined || spoken[at]! < times) && holds(when, request));
    const rule = script[index];
    if (rule === undefined) return otherwise(request);
    spoken[index]!++;
    const failure = rule.expect === undefined ? undefined : unmet(rule.expect, request);
    if (failure === undefined) return rule.reply;
    const message = `Rule ${index + 1} of the emulator's script expected another request: ${failure}.`;
    return { error: { status: 400, code: "script_expectation", message, type: "invalid_request_error", param: null } };
  };
}

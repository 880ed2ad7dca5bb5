import type { Json } from "../core/json.ts";
import type { Reply } from "./brain/brain.ts";
import { complain, fields, items, numberOf, oneOf, optional, patternOf, property, type Reader, stringOf } from "./reader.ts";
import type { ScriptExpectation, ScriptRule } from "./script.ts";

function toCall(reader: Reader): { readonly name: string; readonly arguments: string } {
  const field = fields(reader, ["name", "arguments"]);
  const args = field("arguments").value ?? {};
  // A text is sent as it is, so that a script can also send broken JSON.
  return { name: stringOf(field("name")), arguments: typeof args === "string" ? args : JSON.stringify(args) };
}

function toError(reader: Reader): NonNullable<Reply["error"]> {
  const field = fields(reader, ["status", "code", "message", "type", "param"]);
  const orNull = (name: "code" | "type" | "param"): { readonly [key: string]: string | null } =>
    field(name).value === undefined ? {} : { [name]: field(name).value === null ? null : stringOf(field(name)) };
  return {
    message: stringOf(field("message")),
    ...property("status", field("status"), (each) => numberOf(each, { min: 400, max: 599 })),
    ...orNull("code"),
    ...orNull("type"),
    ...orNull("param"),
  };
}

function toReply(reader: Reader): Reply {
  const field = fields(reader, ["text", "tool_calls", "reasoning", "refusal", "finish", "error"]);
  const reply = {
    ...property("text", field("text"), stringOf),
    ...property("reasoning", field("reasoning"), stringOf),
    ...property("refusal", field("refusal"), stringOf),
    ...property("finish", field("finish"), (each) => oneOf(each, ["length", "content_filter"])),
    ...property("toolCalls", field("tool_calls"), (each) => items(each).map(toCall)),
    ...property("error", field("error"), toError),
  };
  if (Object.keys(reply).length === 0) complain(reader, "says nothing", "Give it text, tool_calls, refusal or error.");
  return reply;
}

function toExpectation(reader: Reader): ScriptExpectation {
  const field = fields(reader, ["tools", "system", "last_user", "tool_result"]);
  return {
    ...property("tools", field("tools"), (each) => items(each).map(stringOf)),
    ...property("systemMatches", field("system"), patternOf),
    ...property("lastUserMatches", field("last_user"), patternOf),
    ...property("toolResultMatches", field("tool_result"), patternOf),
  };
}

function toRule(reader: Reader): ScriptRule {
  const field = fields(reader, ["when", "expect", "reply", "times"]);
  const when = fields(field("when").value === undefined ? { ...field("when"), value: {} } : field("when"), [
    "last_user",
    "after_tool",
    "turn",
  ]);
  return {
    when: {
      ...property("lastUser", when("last_user"), patternOf),
      ...property("afterTool", when("after_tool"), stringOf),
      ...property("turn", when("turn"), (each) => numberOf(each, { min: 1 })),
    },
    ...property("expect", field("expect"), toExpectation),
    ...property("times", field("times"), (each) => numberOf(each, { min: 1 })),
    reply: toReply(
      optional(field("reply"), (each) => each) ?? complain(field("reply"), "is missing", "Say what the model answers."),
    ),
  };
}

/**
 * Reads a script: a JSON list of `{when: {last_user?, after_tool?, turn?}, expect?, reply: {text?, tool_calls?, reasoning?, refusal?,
 * finish?, error?}, times?}`. `source` names the file in errors. Throws `config`.
 */
export function parseScript(json: Json, source = "script"): ScriptRule[] {
  return items({ at: `${source}:`, value: json }).map(toRule);
}

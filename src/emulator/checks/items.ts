import type { Json, JsonObject } from "../../core/json.ts";
import { Refused } from "../refusals/table.ts";
import { checkName, checkOneOf, checkText, missing, objectsAt, wrongType } from "./types.ts";

const roles = ["assistant", "system", "developer", "user"];
/** Item types as the service lists them. */
const types =
  `additional_tools agent_message apply_patch_call apply_patch_call_output code_interpreter_call compaction compaction_trigger
  computer_call computer_call_output custom_tool_call custom_tool_call_output file_search_call function_call function_call_output
  image_generation_call item_reference local_shell_call local_shell_call_output mcp_approval_request mcp_approval_response mcp_call
  mcp_list_tools message multi_agent_call multi_agent_call_output program program_output reasoning shell_call shell_call_output
  tool_search_call tool_search_output web_search_call`.split(/\s+/);
const parts =
  "input_text input_image input_audio output_text refusal input_file computer_screenshot summary_text encrypted_content".split(
    " ",
  );
const said = ["output_text", "refusal"];
const given = ["input_text", "input_image", "input_file", "scoped_content", "input_audio"];

function checkContent(param: string, content: Json | undefined, takes: readonly string[]): void {
  if (content === undefined || content === null) missing(param);
  if (typeof content === "string") return;
  if (!Array.isArray(content)) wrongType(param, "one of a string or array of objects", content);
  for (const [at, part] of objectsAt(param, content)) {
    if (part.type === undefined) missing(`${at}.type`);
    if (part.type !== "scoped_content") checkOneOf(`${at}.type`, part.type, parts);
    checkOneOf(at, part.type, takes);
    if (part.type === "input_text" || part.type === "output_text") checkText(`${at}.text`, part.text);
  }
}

function checkOutput(param: string, output: Json | undefined): void {
  if (output === undefined || output === null) missing(param);
  if (typeof output !== "string" && !Array.isArray(output)) wrongType(param, "one of a string or array of objects", output);
}

/** What the ids begin with that the service gives to items. */
const prefixes = new Map([
  ["message", "msg"],
  ["function_call", "fc"],
  ["reasoning", "rs"],
]);

function checkId(param: string, id: Json | undefined, prefix: string | undefined): void {
  if (typeof id !== "string" || prefix === undefined) return;
  const signs = "contains letters, numbers, underscores, or dashes, but this value contained additional characters";
  if (!/^[\w-]+$/.test(id)) throw new Refused("400-item-id", { param, value: id, expected: signs });
  if (!id.startsWith(prefix)) throw new Refused("400-item-id", { param, value: id, expected: `begins with '${prefix}'` });
}

function checkItem(at: string, item: JsonObject): void {
  const { type = "message" } = item;
  if (item.type !== undefined) checkOneOf(at, type, types);
  checkId(`${at}.id`, item.id, prefixes.get(String(type)));
  switch (type) {
    case "message":
      checkOneOf(at, item.role, roles);
      checkContent(`${at}.content`, item.content, item.role === "assistant" ? said : given);
      break;
    case "function_call":
      checkName(`${at}.call_id`, item.call_id);
      checkName(`${at}.name`, item.name);
      checkText(`${at}.arguments`, item.arguments);
      break;
    case "custom_tool_call":
      checkName(`${at}.call_id`, item.call_id);
      checkName(`${at}.name`, item.name);
      checkText(`${at}.input`, item.input);
      break;
    case "custom_tool_call_output":
    case "function_call_output":
      checkName(`${at}.call_id`, item.call_id);
      checkOutput(`${at}.output`, item.output);
      break;
    default:
  }
}

/** The shape of each item of a Responses input. Throws Refused. */
export function checkItems(body: JsonObject): void {
  for (const [at, item] of objectsAt("input", body.input, "an input item")) checkItem(at, item);
}

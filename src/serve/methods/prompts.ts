import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { type InputSettings, settleInput } from "../input-required.ts";
import type { OfferedPrompt } from "../offer.ts";
import { rpcCodes } from "../protocol.ts";
import { RpcFault } from "../rpc.ts";
import type { Turn } from "../turn.ts";
import { type Method, refuseCursor } from "./method.ts";

/** `prompts/list` and `prompts/get`. */
export function promptMethods(prompts: readonly OfferedPrompt[], input: InputSettings): ReadonlyMap<string, Method> {
  const byName = new Map(prompts.map((prompt) => [prompt.name, prompt]));
  const listed = { prompts: prompts.map(({ get: _get, ...described }) => described) };
  return new Map<string, Method>([
    [
      "prompts/list",
      (params) => {
        refuseCursor(params);
        return listed;
      },
    ],
    ["prompts/get", (params, turn) => getPrompt(byName, input, params, turn)],
  ]);
}

function getPrompt(
  byName: ReadonlyMap<string, OfferedPrompt>,
  input: InputSettings,
  params: JsonObject,
  turn: Turn,
): object | Promise<object> {
  const { name, arguments: given = {} } = params;
  const prompt = typeof name === "string" ? byName.get(name) : undefined;
  if (prompt === undefined) throw new RpcFault(rpcCodes.invalidParams, `Unknown prompt: ${String(name).slice(0, 128)}`);
  const args = textArguments(given);
  const missing = (prompt.arguments ?? []).filter((argument) => argument.required === true && args[argument.name] === undefined);
  if (missing.length > 0) {
    throw new RpcFault(rpcCodes.invalidParams, `Missing arguments: ${missing.map((argument) => argument.name).join(", ")}`);
  }
  return settleInput({
    params,
    turn,
    input,
    subject: `prompts/get ${prompt.name}`,
    run: (context) => prompt.get(args, context),
    finish: (result) => result,
  });
}

function textArguments(given: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(given)) throw new RpcFault(rpcCodes.invalidParams, '"params.arguments" must be an object.');
  const entries = Object.entries(given).map(([key, value]) => {
    if (typeof value !== "string") throw new RpcFault(rpcCodes.invalidParams, `Argument ${key.slice(0, 128)} must be a string.`);
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}

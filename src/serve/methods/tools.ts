import { isLecternError } from "../../core/errors.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { type ArgumentCheck, compileArguments } from "../arguments.ts";
import { type InputSettings, settleInput } from "../input-required.ts";
import { checkParameterHeaders, type ParameterHeader, parameterHeaders } from "../modern-headers.ts";
import type { InputRequired, Offer, OfferedResult, OfferedTool } from "../offer.ts";
import { type Era, rpcCodes } from "../protocol.ts";
import { RpcFault } from "../rpc.ts";
import type { Turn } from "../turn.ts";
import { type Method, refuseCursor } from "./method.ts";

interface PreparedTool {
  readonly tool: OfferedTool;
  readonly check: ArgumentCheck;
  readonly mirrored: readonly ParameterHeader[];
}

/** `tools/list` and `tools/call`. */
export function toolMethods(offer: Offer, input: InputSettings): ReadonlyMap<string, Method> {
  const prepared = new Map<string, PreparedTool>(offer.tools.map((tool) => [tool.name, prepare(tool)]));
  const listed: Readonly<Record<Era, object>> = {
    modern: { tools: offer.tools.map((tool) => describe(tool, "modern")) },
    legacy: { tools: offer.tools.map((tool) => describe(tool, "legacy")) },
  };
  return new Map<string, Method>([
    [
      "tools/list",
      (params, turn) => {
        refuseCursor(params);
        return listed[turn.era];
      },
    ],
    ["tools/call", (params, turn) => callTool(prepared, input, params, turn)],
  ]);
}

function prepare(tool: OfferedTool): PreparedTool {
  return { tool, check: compileArguments(tool.inputSchema), mirrored: parameterHeaders(tool.inputSchema) };
}

function describe(tool: OfferedTool, era: Era): object {
  const { call: _call, scopes: _scopes, outputSchema, ...described } = tool;
  // Before 2026-07-28 a structured answer had to be an object, and so its schema.
  const fits = outputSchema !== undefined && (era === "modern" || outputSchema.type === "object");
  return fits ? { ...described, outputSchema } : described;
}

function callTool(
  prepared: ReadonlyMap<string, PreparedTool>,
  input: InputSettings,
  params: JsonObject,
  turn: Turn,
): object | Promise<object> {
  const { name, arguments: given = {} } = params;
  if (typeof name !== "string") throw new RpcFault(rpcCodes.invalidParams, '"params.name" must be the name of a tool.');
  const entry = prepared.get(name);
  if (entry === undefined) throw new RpcFault(rpcCodes.invalidParams, `Unknown tool: ${name.slice(0, 128)}`);
  if (!isJsonObject(given)) throw new RpcFault(rpcCodes.invalidParams, '"params.arguments" must be an object.');
  const { exchange } = turn;
  if (turn.era === "modern" && exchange.header !== undefined && entry.mirrored.length > 0) {
    checkParameterHeaders(entry.mirrored, given, (header) => exchange.header?.(header));
  }
  checkScopes(entry.tool, turn);
  const problem = entry.check(given);
  if (problem !== undefined) return errorText(`Invalid arguments for ${name}: ${problem}.`);
  const subject = `tools/call ${name}`;
  const failed = (thrown: unknown): object => toolFailure(thrown, input);
  try {
    const settled = settleInput({
      params,
      turn,
      input,
      subject,
      run: (context) => entry.tool.call(given, context),
      finish: (r) => finish(r, turn),
    });
    return settled instanceof Promise ? settled.catch(failed) : settled;
  } catch (thrown) {
    return failed(thrown);
  }
}

function finish(result: Exclude<OfferedResult, InputRequired>, turn: Turn): object {
  if (turn.era === "modern" || !("structuredContent" in result) || isJsonObject(result.structuredContent)) return result;
  const { structuredContent: _dropped, ...kept } = result;
  return kept;
}

/** Scopes count only where a token carries them; on stdio whoever started the server may use all of it. */
function checkScopes({ scopes = [] }: OfferedTool, { exchange }: Turn): void {
  if (exchange.checksScopes !== true || scopes.every((scope) => exchange.caller.scopes.includes(scope))) return;
  throw new RpcFault(rpcCodes.refused, "The token lacks a scope this tool needs.", { status: 403, scopes });
}

function errorText(text: string): { content: { type: "text"; text: string }[]; isError: true } {
  return { content: [{ type: "text", text }], isError: true };
}

/** What went wrong in a tool, for the model. Only expected failures speak for themselves: other messages may hold paths or secrets. */
function toolFailure(thrown: unknown, { onError }: InputSettings): object {
  if (thrown instanceof RpcFault) throw thrown;
  if (isLecternError(thrown) && thrown.code !== "internal") {
    return errorText(thrown.fix === undefined ? thrown.message : `${thrown.message} ${thrown.fix}`);
  }
  onError(thrown);
  return errorText("The tool failed for a reason of its own. Trying again may help; changing the arguments will not.");
}

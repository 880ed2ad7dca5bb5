import { isJsonObject } from "../../core/json.ts";

const maxErrorText = 4_000;
const maxErrorDataBytes = 16 * 1024;
const maxRequestStateBytes = 1024 * 1024;
const maxInputRequests = 16;
const maxInstructions = 20_000;
const maxServerName = 200;

/** JSON text of a value, or undefined where it is nested too deeply to be written. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A JSON-RPC error the engine accepts, whatever the server sent. Oversized text is cut, oversized data left out. */
export function readableError(error: unknown): { code: number; message: string; data?: unknown } {
  if (!isJsonObject(error)) {
    return {
      code: -32603,
      message: typeof error === "string" ? error.slice(0, maxErrorText) : "The server reported an unreadable error.",
    };
  }
  const { code, message, data } = error;
  const text = typeof message === "string" ? message.slice(0, maxErrorText) : "The server reported an error without a message.";
  const dataText = data === undefined ? undefined : jsonText(data);
  return {
    code: typeof code === "number" && Number.isInteger(code) ? code : -32603,
    message: text,
    ...(dataText !== undefined && dataText.length <= maxErrorDataBytes && { data }),
  };
}

/** Why an answer cannot be used at all; undefined where it can: it is either an error or a result that is an object. */
export function responseFault(result: unknown, error: unknown): string | undefined {
  if ((result === undefined) === (error === undefined)) return "its answer is neither a result nor an error";
  if (error !== undefined) return undefined;
  if (!isJsonObject(result)) return "its answer is not an object";
  return result.resultType === "input_required" ? inputRequiredFault(result) : undefined;
}

/** Why a question of the server cannot be passed on; undefined where it can. The state it wants back is sent with every round. */
function inputRequiredFault(result: { readonly [key: string]: unknown }): string | undefined {
  const { requestState, inputRequests } = result;
  if (typeof requestState === "string" && requestState.length > maxRequestStateBytes) {
    return "it wants more state carried along than this host accepts (1 MiB)";
  }
  if (!isJsonObject(inputRequests)) return undefined;
  if (Object.keys(inputRequests).length > maxInputRequests) return `it asks more than ${maxInputRequests} things at once`;
  const text = jsonText(inputRequests);
  return text === undefined || text.length > maxRequestStateBytes ? "its question is too large" : undefined;
}

/** True where a value is nested deeper than `maxDepth`. Walks without recursion: the depth is the server's choice. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      for (const child of Object.values(item)) if (typeof child === "object" && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}

/** What a server says about itself, cut to a readable size; too deep a value becomes an empty one, which the engine refuses in its own words. */
export function handshakeResult(result: { readonly [key: string]: unknown }): { [key: string]: unknown } {
  if (isDeeperThan(result, 64)) return {};
  const { instructions, serverInfo, capabilities } = result;
  const cut: { [key: string]: unknown } = { ...result };
  // Neither of the two is worth a whole server: words that are none are left out, and every server is asked for its tools anyway.
  if (typeof instructions === "string") cut.instructions = instructions.slice(0, maxInstructions);
  else delete cut.instructions;
  if (capabilities !== undefined && !isJsonObject(capabilities)) cut.capabilities = {};
  if (isJsonObject(serverInfo)) cut.serverInfo = cutStrings(serverInfo);
  const meta = result._meta;
  if (isJsonObject(meta)) {
    cut._meta = Object.fromEntries(
      Object.entries(meta).map(([key, value]) => [key, isJsonObject(value) ? cutStrings(value) : value]),
    );
  }
  return cut;
}

function cutStrings(object: { readonly [key: string]: unknown }): { [key: string]: unknown } {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, typeof value === "string" ? value.slice(0, maxServerName) : value]),
  );
}

import { isJsonObject, type JsonObject } from "../core/json.ts";
import { metaKeys, rpcCodes } from "./protocol.ts";
import { RpcFault, type RpcRequest } from "./rpc.ts";

/** Gives a header of the request by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/** Where the name stands that a method is about. */
const namedBy: ReadonlyMap<string, string> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
]);

/**
 * Checks that the headers of a 2026-07-28 request say what its body says: intermediaries route by the one, we act on the other.
 * Throws an RpcFault (-32020, HTTP 400). Source: specification 2026-07-28, Streamable HTTP, request headers.
 */
export function checkModernHeaders({ method, params }: RpcRequest, header: HeaderReader): void {
  const meta = params._meta;
  const claimed = isJsonObject(meta) ? meta[metaKeys.protocolVersion] : undefined;
  // A missing or ill-typed version in the body is for the envelope check to name.
  if (typeof claimed === "string") mustEqual("MCP-Protocol-Version", header("mcp-protocol-version"), claimed);
  mustEqual("Mcp-Method", header("mcp-method"), method);
  const key = namedBy.get(method);
  const name = key === undefined ? undefined : params[key];
  if (typeof name !== "string") return;
  mustEqual("Mcp-Name", decodeHeaderValue(header("mcp-name")), name);
}

/**
 * Checks the `Mcp-Param-*` headers against the arguments they mirror.
 * `declared` are a tool's `x-mcp-header` properties: header name and path.
 */
export function checkParameterHeaders(declared: readonly ParameterHeader[], args: JsonObject, header: HeaderReader): void {
  for (const { name, path } of declared) {
    const value = path.reduce<unknown>((node, key) => (isJsonObject(node) ? node[key] : undefined), args);
    if (value === undefined || value === null || typeof value === "object") continue;
    const decoded = decodeHeaderValue(header(`mcp-param-${name.toLowerCase()}`));
    const sameNumber =
      typeof value === "number" && decoded !== undefined && /^-?\d+(\.\d+)?$/.test(decoded) && Number(decoded) === value;
    if (!sameNumber) mustEqual(`Mcp-Param-${name}`, decoded, String(value));
  }
}

export interface ParameterHeader {
  readonly name: string;
  readonly path: readonly string[];
}

/** The properties of an input schema that are mirrored in headers. */
export function parameterHeaders(schema: JsonObject, path: readonly string[] = []): readonly ParameterHeader[] {
  const { properties } = schema;
  if (!isJsonObject(properties) || path.length > 16) return [];
  return Object.entries(properties).flatMap(([key, child]) => {
    if (!isJsonObject(child)) return [];
    const name = child["x-mcp-header"];
    const own = typeof name === "string" && name !== "" ? [{ name, path: [...path, key] }] : [];
    return [...own, ...parameterHeaders(child, [...path, key])];
  });
}

function mustEqual(name: string, header: string | undefined, body: string): void {
  if (header === body) return;
  const problem = header === undefined ? "is missing or unreadable" : "does not match the body";
  throw new RpcFault(rpcCodes.headerMismatch, `The header ${name.slice(0, 64)} ${problem}.`, { status: 400 });
}

/** Values that do not fit a header travel as `=?base64?...?=`. Undefined where that is malformed. */
export function decodeHeaderValue(value: string | undefined): string | undefined {
  if (value === undefined || !value.startsWith("=?base64?") || !value.endsWith("?=")) return value;
  const encoded = value.slice(9, -2);
  const bytes = Buffer.from(encoded, "base64");
  return bytes.toString("base64") === encoded ? bytes.toString("utf8") : undefined;
}

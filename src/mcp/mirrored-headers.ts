import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Tool } from "../core/tools.ts";

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const mirrored = new Set(["string", "integer", "boolean"]);

const knownToMirror = new WeakMap<JsonObject, boolean>();

/** Whether a schema asks for arguments to be mirrored into HTTP headers; looked up once per schema. */
export function mirrorsArguments(schema: JsonObject): boolean {
  let mirrors = knownToMirror.get(schema);
  if (mirrors === undefined) {
    mirrors = JSON.stringify(schema).includes('"x-mcp-header"');
    knownToMirror.set(schema, mirrors);
  }
  return mirrors;
}

/**
 * Why a tool whose arguments would be mirrored into HTTP headers cannot be offered; undefined where it can.
 * Headers come from plain properties only, with names that are header tokens, each once. Source: MCP 2026-07-28, SEP-2243.
 */
export function refuseHeaders(tool: Tool): string | undefined {
  const names = new Set<string>();
  const visit = (node: unknown, reachable: boolean): string | undefined => {
    if (Array.isArray(node)) return firstFault(node.map((item) => () => visit(item, false)));
    if (!isJsonObject(node)) return undefined;
    const name = node["x-mcp-header"];
    if (name !== undefined) {
      if (!reachable || typeof name !== "string" || !token.test(name))
        return "one of its arguments asks for an invalid HTTP header";
      if (typeof node.type !== "string" || !mirrored.has(node.type))
        return "an argument that is no string, integer or boolean asks for an HTTP header";
      if (names.has(name.toLowerCase())) return "two of its arguments ask for the same HTTP header";
      names.add(name.toLowerCase());
    }
    return firstFault(
      Object.entries(node).map(([key, child]) => () => {
        if (key === "properties" && isJsonObject(child))
          return firstFault(Object.values(child).map((value) => () => visit(value, reachable)));
        return key === "enum" || key === "const" || key === "default" || key === "examples" ? undefined : visit(child, false);
      }),
    );
  };
  return visitRoot(tool.inputSchema, visit);
}

function visitRoot(
  schema: Tool["inputSchema"],
  visit: (node: unknown, reachable: boolean) => string | undefined,
): string | undefined {
  return "x-mcp-header" in schema ? "its arguments as a whole ask for an HTTP header" : visit(schema, true);
}

function firstFault(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const fault = check();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

import type { ServerConfig } from "../config/config.ts";
import { matchesGlob } from "../core/glob.ts";
import { type Tool, type Toolbox, textResult } from "../core/tools.ts";

/** A toolbox without the tools that `includeTools` and `excludeTools` of its servers leave out: neither offered nor run. Names may hold `*`. */
export function chosenTools(inner: Toolbox, servers: readonly ServerConfig[]): Toolbox {
  const choices = new Map(
    servers.filter((server) => server.includeTools || server.excludeTools).map((server) => [server.name, server]),
  );
  if (choices.size === 0) return inner;
  const isChosen = (tool: Tool): boolean => {
    const { includeTools, excludeTools = [] } = choices.get(tool.server) ?? {};
    const named = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesGlob(pattern, tool.tool));
    return (includeTools === undefined || named(includeTools)) && !named(excludeTools);
  };
  let seen: readonly Tool[] | undefined;
  let offered: readonly Tool[] = [];
  const tools = (): readonly Tool[] => {
    const all = inner.tools();
    // The same array as long as nothing changed: what is made of it is cached by it.
    if (all !== seen) [seen, offered] = [all, all.filter(isChosen)];
    return offered;
  };
  return {
    tools,
    instructions: () => inner.instructions(),
    async call(call, options) {
      if (tools().some((tool) => tool.name === call.name)) return inner.call(call, options);
      return textResult(`The tool "${call.name.slice(0, 100)}" is not offered.`, { isError: true });
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

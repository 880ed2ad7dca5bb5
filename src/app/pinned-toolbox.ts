import { join } from "node:path";
import type { Config } from "../config/config.ts";
import type { RunEvent } from "../core/events.ts";
import { type Tool, type Toolbox, textResult } from "../core/tools.ts";
import { comparePins, type Pins, pinsOf } from "../mcp/pins.ts";
import { JsonFile } from "./json-file.ts";

/** Pins by server name, in the user's state folder. */
type PinFile = Readonly<Record<string, Pins>>;

const fileOf = (config: Pick<Config, "stateDir">): JsonFile<PinFile> =>
  new JsonFile<PinFile>(join(config.stateDir, "pins.json"), {});

/** Forgets what a server's tools looked like: the next connection pins them anew. That is what approving a change means. */
export function forgetPins(config: Pick<Config, "stateDir">, server: string): void {
  fileOf(config).update((pins) => Object.fromEntries(Object.entries(pins).filter(([name]) => name !== server)));
}

export interface PinnedToolboxOptions {
  readonly config: Pick<Config, "stateDir">;
  /** Servers that are part of Lectern: not pinned, they change with its version. */
  readonly own: readonly string[];
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * A toolbox whose foreign tools keep the definition they were first seen with. A tool whose name, description, schemas or annotations
 * changed since is neither offered nor run until the user approves it (`lectern mcp trust`): descriptions are instructions to the model,
 * and a server that was reviewed once must not be able to rewrite them later.
 */
export function pinnedToolbox(inner: Toolbox, { config, own, onEvent }: PinnedToolboxOptions): Toolbox {
  const file = fileOf(config);
  const told = new Set<string>();
  let seen: readonly Tool[] | undefined;
  let offered: readonly Tool[] = [];
  const look = (): readonly Tool[] => {
    const all = inner.tools();
    if (all === seen) return offered;
    seen = all;
    const blocked = blockedTools(
      all.filter((tool) => !own.includes(tool.server)),
      file,
    );
    offered = blocked.size === 0 ? all : all.filter((tool) => !blocked.has(tool.name));
    for (const tool of blocked.values()) {
      if (told.has(tool.name)) continue;
      told.add(tool.name);
      const message = `${tool.server}/${tool.tool} is not offered: its definition changed since it was first seen. Review it (lectern mcp tools ${tool.server}), then approve it: lectern mcp trust ${tool.server}`;
      onEvent({ type: "notice", code: "tool_changed", message });
    }
    return offered;
  };
  return {
    tools: look,
    instructions: () => inner.instructions(),
    async call(call, options) {
      if (look().some((tool) => tool.name === call.name)) return inner.call(call, options);
      return textResult(`The tool "${call.name.slice(0, 100)}" is not offered.`, { isError: true });
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

/** Tools that differ from their pins, by name. Servers and tools without pins are pinned as they are now. */
function blockedTools(tools: readonly Tool[], file: JsonFile<PinFile>): ReadonlyMap<string, Tool> {
  const pins = file.read();
  const blocked = new Map<string, Tool>();
  const fresh: Record<string, Pins> = {};
  for (const server of new Set(tools.map((tool) => tool.server))) {
    const own = tools.filter((tool) => tool.server === server);
    const drift = comparePins(own, pins[server] ?? {});
    for (const tool of drift.changed) blocked.set(tool.name, tool);
    if (drift.added.length > 0) fresh[server] = { ...pins[server], ...pinsOf(drift.added) };
  }
  if (Object.keys(fresh).length > 0) file.update((all) => ({ ...all, ...fresh }));
  return blocked;
}

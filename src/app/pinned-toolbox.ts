import { hash } from "node:crypto";
import { join } from "node:path";
import type { Config, ServerConfig } from "../config/config.ts";
import type { RunEvent } from "../core/events.ts";
import { oneLine } from "../core/neutralise.ts";
import { type ServerInstructions, type Tool, type Toolbox, textResult } from "../core/tools.ts";
import { comparePins, type Pins, pinsOf } from "../mcp/pins.ts";
import { isResourceTool } from "../mcp/resource-tool.ts";
import { JsonFile } from "./json-file.ts";

/** Pins by server name, in the user's state folder. */
type PinFile = Readonly<Record<string, Pins>>;

const fileOf = (config: Pick<Config, "stateDir">): JsonFile<PinFile> =>
  new JsonFile<PinFile>(join(config.stateDir, "pins.json"), {});

/** Forgets what a server's tools looked like: the next connection pins them anew. That is what approving a change means. */
export function forgetPins(config: Pick<Config, "stateDir" | "servers">, server: string): void {
  const key = pinKey(config, server);
  fileOf(config).update((pins) => Object.fromEntries(Object.entries(pins).filter(([name]) => name !== key)));
}

/** Tools whose definition changed since they were first seen, and which are therefore not offered. Only looks: pins nothing. */
export function changedTools(tools: readonly Tool[], config: PinnedToolboxOptions["config"]): readonly Tool[] {
  const pins = fileOf(config).read();
  return [...new Set(tools.map((tool) => tool.server))].flatMap((server) => {
    const own = tools.filter((tool) => tool.server === server && !isResourceTool(tool));
    return comparePins(own, pins[pinKey(config, server)] ?? {}).changed;
  });
}

/** What servers say about themselves that changed since it was first seen, and is therefore not shown to the model. Only looks, too. */
export function changedInstructions(
  said: readonly ServerInstructions[],
  config: PinnedToolboxOptions["config"],
): readonly ServerInstructions[] {
  const pins = fileOf(config).read();
  return said.filter(({ server, text }) => {
    const pin = pins[pinKey(config, server)]?.[instructionsPin];
    return pin !== undefined && pin !== hash("sha256", text);
  });
}

type PinnedServer = Pick<ServerConfig, "name" | "type" | "command" | "args" | "url">;

/** Names a server by what it is, not only by what a project calls it: two projects may use one name for different servers. */
export function pinKey({ servers }: { readonly servers: readonly PinnedServer[] }, name: string): string {
  const server = servers.find((candidate) => candidate.name === name);
  if (server === undefined) return name;
  const { type, command, args, url } = server;
  return `${name}@${hash("sha256", JSON.stringify([type, command, args, url])).slice(0, 16)}`;
}

export interface PinnedToolboxOptions {
  readonly config: Pick<Config, "stateDir" | "servers">;
  /** Servers that are part of Lectern: not pinned, they change with its version. */
  readonly own: readonly string[];
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * A toolbox whose foreign tools keep the definition they were first seen with. A tool whose name, description, schemas or annotations
 * changed since is neither offered nor run until the user approves it (`lectern mcp trust`): descriptions are instructions to the model,
 * and a server that was reviewed once must not be able to rewrite them later. So it is with what the server says about itself.
 */
export function pinnedToolbox(inner: Toolbox, { config, own, onEvent }: PinnedToolboxOptions): Toolbox {
  const file = fileOf(config);
  const told = new Set<string>();
  // Where the state folder cannot be written, a definition still must not change within the session.
  const seenHere = new Map<string, Pins>();
  const pinned: KnownPins = { file, seenHere, keyOf: (server) => pinKey(config, server) };
  const shown = new Map<string, { readonly text: string; readonly isAsSeen: boolean }>();
  const isShown = ({ server, text }: ServerInstructions): boolean => {
    if (own.includes(server)) return true;
    const before = shown.get(server);
    if (before?.text === text) return before.isAsSeen;
    const isAsSeen = isAsPinned(server, text, pinned);
    shown.set(server, { text, isAsSeen });
    if (!isAsSeen) onEvent({ type: "notice", code: "instructions_changed", message: instructionsChanged(server, text) });
    return isAsSeen;
  };
  let seen: readonly Tool[] | undefined;
  let offered: readonly Tool[] = [];
  const look = (): readonly Tool[] => {
    const all = inner.tools();
    if (all === seen) return offered;
    seen = all;
    const foreign = all.filter((tool) => !own.includes(tool.server) && !isResourceTool(tool));
    const blocked = blockedTools(foreign, inner.instructions(), pinned);
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
    instructions: () => inner.instructions().filter(isShown),
    async call(call, options) {
      if (look().some((tool) => tool.name === call.name)) return inner.call(call, options);
      return textResult(`The tool "${call.name.slice(0, 100)}" is not offered.`, { isError: true });
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

interface KnownPins {
  readonly file: JsonFile<PinFile>;
  readonly seenHere: Map<string, Pins>;
  readonly keyOf: (server: string) => string;
}

/** Where the hash of a server's instructions stands among those of its tools; no tool's whole name begins so. */
const instructionsPin = "#instructions";

const instructionsChanged = (server: string, text: string): string =>
  `What ${server} tells the model about itself changed since it was first seen, and is not shown to it: "${oneLine(text, 200)}". If that is right: lectern mcp trust ${server}`;

/** Whether a server's instructions are as they were first seen; pins those of a server without such a pin. */
function isAsPinned(server: string, text: string, { file, seenHere, keyOf }: KnownPins): boolean {
  const key = keyOf(server);
  const pins = file.read()[key] ?? seenHere.get(key) ?? {};
  const now = hash("sha256", text);
  if (pins[instructionsPin] !== undefined) return pins[instructionsPin] === now;
  const more = { ...pins, [instructionsPin]: now };
  seenHere.set(key, more);
  file.update((all) => ({ ...all, [key]: more }));
  return true;
}

/** Tools that differ from their pins, by name. Servers and tools without pins are pinned as they are now. */
function blockedTools(
  tools: readonly Tool[],
  instructions: readonly ServerInstructions[],
  { file, seenHere, keyOf }: KnownPins,
): ReadonlyMap<string, Tool> {
  const kept = file.read();
  const blocked = new Map<string, Tool>();
  const fresh: Record<string, Pins> = {};
  for (const server of new Set(tools.map((tool) => tool.server))) {
    const own = tools.filter((tool) => tool.server === server);
    const key = keyOf(server);
    const pins = kept[key] ?? seenHere.get(key) ?? {};
    const drift = comparePins(own, pins);
    for (const tool of drift.changed) blocked.set(tool.name, tool);
    if (drift.added.length === 0) continue;
    const text = instructions.find((entry) => entry.server === server)?.text ?? "";
    // A server that says nothing when it is first seen must not begin to later.
    const said = Object.keys(pins).length === 0 ? { [instructionsPin]: hash("sha256", text) } : {};
    fresh[key] = { ...pins, ...pinsOf(drift.added), ...said };
    seenHere.set(key, fresh[key]);
  }
  if (Object.keys(fresh).length > 0) file.update((all) => ({ ...all, ...fresh }));
  return blocked;
}

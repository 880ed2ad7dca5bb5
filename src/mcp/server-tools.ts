import type { Tool } from "../core/tools.ts";
import type { QuarantinedTool } from "./definition.ts";
import type { DefinitionFlag } from "./flags.ts";
import type { ToolList } from "./list-tools.ts";
import { comparePins, pinsOf } from "./pins.ts";

export interface ServerToolsOptions {
  readonly server: string;
  readonly onNotice: (code: string, message: string) => void;
  /** The offered tools changed. */
  readonly onChange: () => void;
}

const maxNotices = 20;
const noTools: ToolList = { tools: [], quarantined: [], flags: [], remarks: [] };

/** The tools of one server as they were last read, and what is to be said about them. */
export class ServerTools {
  readonly #options: ServerToolsOptions;
  #list = noTools;

  constructor(options: ServerToolsOptions) {
    this.#options = options;
  }

  get tools(): readonly Tool[] {
    return this.#list.tools;
  }

  get quarantined(): readonly QuarantinedTool[] {
    return this.#list.quarantined;
  }

  get flags(): readonly DefinitionFlag[] {
    return this.#list.flags;
  }

  /** What is wrong with the list as a whole; null where nothing is. */
  get flaws(): string | null {
    const { quarantined, remarks } = this.#list;
    const flaws = [...remarks, ...(quarantined.length > 0 ? [`${quarantined.length} of its tools cannot be offered`] : [])];
    return flaws.length > 0 ? flaws.join("; ") : null;
  }

  /** Takes over a list as read. The same tools stay the same object, so that nothing has to be sent to the model anew. */
  take(list: ToolList): void {
    const { tools: before } = this.#list;
    const { changed, added, removed } = comparePins(list.tools, pinsOf(before));
    const isSame = changed.length + added.length + removed.length === 0;
    this.#list = isSame ? { ...list, tools: before } : list;
    const notice = (code: string, tool: string, text: string): void => {
      this.#options.onNotice(code, `Tool "${tool}" of server "${this.#options.server}" ${text}.`);
    };
    for (const { tool } of changed.slice(0, maxNotices))
      notice("tool_changed", tool, "has changed its definition while it was in use");
    if (isSame && before.length > 0) return;
    for (const { tool, reason } of list.quarantined.slice(0, maxNotices))
      notice("tool_quarantined", tool, `is not offered: ${reason}`);
    for (const { tool, detail } of list.flags.slice(0, maxNotices))
      notice("tool_suspicious", tool, `looks suspicious: ${detail}`);
    if (!isSame) this.#options.onChange();
  }

  /** The server is given up: it offers nothing any more. */
  clear(): void {
    if (this.#list === noTools) return;
    this.#list = noTools;
    this.#options.onChange();
  }
}

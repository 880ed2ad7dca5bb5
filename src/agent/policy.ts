import { matchesGlob, serversMeant } from "../core/glob.ts";
import type { Tool } from "../core/tools.ts";

export type Decision = { readonly decision: "allowed" | "denied"; readonly reason: string };

/** A question to whoever can decide: the exact call, arguments included. */
export interface ApprovalRequest {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  readonly arguments: string;
  /** Why it is asked. */
  readonly reason: string;
}
export type Approve = (request: ApprovalRequest, signal: AbortSignal) => Promise<Decision>;

/**
 * Which tools run. Patterns are globs over `<server>/<tool>` (`*` matches anything), over the full name `<server>__<tool>`, or over a bare
 * `<tool>` on any server. An `allow` that names a server, or begins as the name of one of `servers` does (`files*`), never reaches another
 * server's tool, whatever that tool is called.
 */
export interface PolicyOptions {
  readonly allow?: readonly string[];
  readonly ask?: readonly string[];
  readonly deny?: readonly string[];
  /** Names of all servers there are, so that an `allow` which begins like one of them is taken for that one. */
  readonly servers?: readonly string[];
  /** Servers that are part of Lectern itself (the knowledge server): read-only by construction, so always allowed. */
  readonly own?: readonly string[];
  /**
   * Servers whose results the operator vouches for, and whose tools run even after results of others were read. The results of every
   * other server taint the conversation, the knowledge server's too: many people write documents.
   */
  readonly trusted?: readonly string[];
  /** Called for `ask`; absent when nobody can be asked, which means no. */
  readonly approve?: Approve;
  /** Everything that would be asked runs (`--approve-all`). `deny` still holds. */
  readonly approveAll?: boolean;
}

interface PolicyContext {
  readonly id: string;
  readonly arguments: string;
  readonly signal: AbortSignal;
  /** Servers whose results the model has already seen in this conversation; those in `trusted` do not count. */
  readonly taintedBy: readonly string[];
}

export type Policy = (tool: Tool, context: PolicyContext) => Promise<Decision>;

type Ruling = "denied" | "own" | "allowed" | "asked";

const allowed = (reason: string): Decision => ({ decision: "allowed", reason });
const denied = (reason: string): Decision => ({ decision: "denied", reason });

/**
 * Decides which tool calls run: deny, then own servers, then allow, then ask; a tool that nothing names is asked for.
 * Annotations are hints from the server and never allow anything by themselves; a tool with possible effects is asked for even if
 * allowed once an untrusted server's result stands in the conversation. Source: docs/decisions/0003-tool-policy.md.
 */
export function createPolicy(options: PolicyOptions = {}): Policy {
  const { own = [], trusted = [], servers = [] } = options;
  const allow = (options.allow ?? []).map((glob) => permits(glob, servers));
  const ask = (options.ask ?? []).map(mentions);
  const deny = (options.deny ?? []).map(mentions);
  // What the rules say of a tool does not change; a definition that changes is another object.
  const rulings = new WeakMap<Tool, Ruling>();
  const rulingOn = (tool: Tool): Ruling => {
    if (deny.some((matches) => matches(tool))) return "denied";
    if (own.includes(tool.server)) return "own";
    return allow.some((matches) => matches(tool)) && !ask.some((matches) => matches(tool)) ? "allowed" : "asked";
  };
  return async (tool, context) => {
    let ruling = rulings.get(tool);
    if (ruling === undefined) {
      ruling = rulingOn(tool);
      rulings.set(tool, ruling);
    }
    if (ruling === "denied") return denied("the configuration denies it");
    if (ruling === "own") return allowed("a tool of Lectern's own knowledge server");
    const readBefore = context.taintedBy.filter((server) => !trusted.includes(server));
    const tainted = readBefore.length > 0 && !trusted.includes(tool.server) && mayHaveEffects(tool);
    if (ruling === "allowed" && !tainted) return allowed("the configuration allows it");
    const reason = tainted
      ? `it may change something, and the results of ${readBefore.join(", ")} were read in this conversation`
      : "no rule of the configuration allows it";
    if (options.approveAll) return allowed("--approve-all");
    if (!options.approve) return denied(`${reason}, and nobody can be asked here`);
    return options.approve(
      { id: context.id, server: tool.server, tool: tool.tool, arguments: context.arguments, reason },
      context.signal,
    );
  };
}

/** Whether a rule forbids a tool, whoever asks for it. */
export const isDenied = (deny: readonly string[], tool: Tool): boolean => deny.some((glob) => mentions(glob)(tool));

/** Whether a rule allows a tool or has it asked for, and none denies it: for tools that are only offered where the operator speaks of them. */
export function isNamed({ allow = [], ask = [], deny = [] }: Pick<PolicyOptions, "allow" | "ask" | "deny">, tool: Tool): boolean {
  if (isDenied(deny, tool)) return false;
  return allow.some((glob) => permits(glob)(tool)) || ask.some((glob) => mentions(glob)(tool));
}

/** Only a tool that calls itself read-only, and not a door to the open world, passes; silence counts as effects. */
function mayHaveEffects(tool: Tool): boolean {
  return tool.annotations?.readOnlyHint !== true || tool.annotations.openWorldHint === true;
}

/** For `deny` and `ask`: any way in which a pattern could mean the tool. */
function mentions(glob: string): (tool: Tool) => boolean {
  return (tool) =>
    matchesGlob(glob, `${tool.server}/${tool.tool}`) || matchesGlob(glob, tool.tool) || matchesGlob(glob, tool.name);
}

/**
 * For `allow`: a tool's name is its server's choice, `/` and `__` in it too, so a server could call a tool `files/read` to be taken for that of
 * another. A pattern that names a server means that server's tools only.
 */
function permits(glob: string, servers: readonly string[] = []): (tool: Tool) => boolean {
  const slash = glob.indexOf("/");
  if (slash >= 0) {
    const [server, name] = [glob.slice(0, slash), glob.slice(slash + 1)];
    return (tool) => matchesGlob(server, tool.server) && matchesGlob(name, tool.tool);
  }
  if (glob.includes("__")) return (tool) => matchesGlob(glob, tool.name);
  const meant = serversMeant(glob, servers);
  return (tool) =>
    (meant.length === 0 || meant.includes(tool.server)) && (matchesGlob(glob, tool.tool) || matchesGlob(glob, tool.name));
}

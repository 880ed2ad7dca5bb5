import { isJsonObject, type JsonObject } from "../core/json.ts";
import { oneLine } from "../core/neutralise.ts";
import { type Tool, type ToolProgress, type ToolResult, textResult } from "../core/tools.ts";
import { readToolResult } from "./content.ts";
import { type AskPerson, readElicitation } from "./elicitation.ts";
import { engineCode, httpStatus, needsSignIn, reasonOf, unusableAnswer } from "./errors.ts";
import type { Opened } from "./opening.ts";
import type { RequestOptions } from "./session.ts";

/** What a call needs to know of its server's connection. */
export interface CallTarget {
  readonly server: string;
  readonly knowledge: boolean;
  readonly bounds: Pick<RequestOptions, "timeoutMs" | "maxTotalMs">;
  /** Asks the person; undefined where nobody can be asked. */
  readonly elicit: AskPerson | undefined;
  /** The connection, at once where there is one; waits until the server can be called, and rejects with the reason where it cannot. */
  usable(signal: AbortSignal): Opened | Promise<Opened>;
  /** Replaces a connection that the server has forgotten. */
  renew(opened: Opened): Promise<void>;
  /** Tells how the last exchange went; null for well. */
  note(failure: { readonly needsSignIn: boolean; readonly reason: string } | null): void;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Aborted when the toolbox is closed. */
  readonly closing: AbortSignal;
  readonly onProgress?: (progress: ToolProgress) => void;
}

const maxSignIns = 2;
const urlElicitationRequired = -32_042;

/** Runs a request, with a sign-in in between where the server asks for one: what it refused, it has not done. Rejects like the request. */
export async function signingIn<T>(opened: Opened, run: () => Promise<T>): Promise<T> {
  for (let signIns = 0; ; signIns++) {
    try {
      return await run();
    } catch (error) {
      if (!needsSignIn(error) || opened.signIn === undefined || signIns >= maxSignIns) throw error;
      const declined = await opened.signIn().then(
        () => false,
        () => true,
      );
      if (declined) throw error;
    }
  }
}

/** The server no longer knows our session: it was restarted, or waited too long. Source: MCP 2025-11-25, transports, session management. */
export const isSessionLost = (error: unknown, opened: Opened): boolean => httpStatus(error) === 404 && opened.session.hasSession;

/** Only what the server itself calls harmless is ever sent twice. */
const mayBeRepeated = ({ annotations }: Tool): boolean =>
  annotations?.readOnlyHint === true || annotations?.idempotentHint === true;

/**
 * Runs one tool. It is sent once, except where the server refused it before running it (sign-in), or forgot our session and calls the tool
 * read-only or idempotent. A failing server or tool is an `isError` result; rejects only with the reason of `signal`.
 */
export async function runTool(target: CallTarget, tool: Tool, args: JsonObject, options: CallOptions): Promise<ToolResult> {
  const signal = AbortSignal.any([options.signal, options.closing]);
  const bounds: RequestOptions = { ...target.bounds, signal, ...(options.onProgress && { onProgress: options.onProgress }) };
  let opened: Opened | undefined;
  let repeated = false;
  for (;;) {
    try {
      opened = await target.usable(signal);
      const { session } = opened;
      const call = { name: tool.tool, arguments: args, inputSchema: tool.inputSchema };
      const raw = opened.signIn
        ? await signingIn(opened, () => session.callTool(call, bounds))
        : await session.callTool(call, bounds);
      target.note(null);
      return readToolResult(raw, { server: target.server, tool: tool.tool, knowledge: target.knowledge });
    } catch (error) {
      options.signal.throwIfAborted();
      if (opened === undefined) return textResult(reasonOf(error), { isError: true });
      if (isSessionLost(error, opened)) {
        await target.renew(opened);
        if (mayBeRepeated(tool) && !repeated) {
          repeated = true;
          continue;
        }
      }
      if (engineCode(error) === urlElicitationRequired) return await askToOpen(target, error, signal);
      return failure(target, tool, error, opened);
    }
  }
}

/** The server wants something done in a browser before it runs the tool (signing in somewhere else, a payment). Source: MCP 2025-11-25, elicitation, URL mode. */
async function askToOpen({ server, elicit }: CallTarget, error: unknown, signal: AbortSignal): Promise<ToolResult> {
  const data: unknown = typeof error === "object" && error !== null && "data" in error ? error.data : undefined;
  const asked = isJsonObject(data) && Array.isArray(data.elicitations) ? data.elicitations.slice(0, 3) : [];
  const questions = asked.flatMap((item) => (isJsonObject(item) ? (readElicitation({ ...item, mode: "url" }) ?? []) : []));
  if (elicit === undefined || questions.length === 0) {
    return textResult(`MCP server "${server}" wants something done in a browser first, but nobody can be asked here.`, {
      isError: true,
    });
  }
  for (const question of questions) {
    const { action } = await elicit(question, { signal });
    if (action !== "accept")
      return textResult(`MCP server "${server}" wanted something done in a browser first; that was declined.`, { isError: true });
  }
  const text = `MCP server "${server}" wants something done in a browser first; the person was shown where. Call the tool again once they say it is done.`;
  return textResult(text, { isError: true });
}

function failure(target: CallTarget, tool: Tool, error: unknown, opened: Opened): ToolResult {
  const name = oneLine(tool.tool, 100);
  const code = engineCode(error);
  if (typeof code === "number" && code !== unusableAnswer) {
    target.note(null);
    return textResult(`The server refused the call of "${name}": ${opened.reasonFor(error)}`, { isError: true });
  }
  const reason = opened.reasonFor(error);
  target.note({ needsSignIn: needsSignIn(error), reason });
  const text = `The call of "${name}" on MCP server "${target.server}" failed: ${reason}. It may or may not have been carried out; it was not repeated.`;
  return textResult(text, { isError: true });
}

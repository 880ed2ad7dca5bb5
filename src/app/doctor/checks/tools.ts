import { counted } from "../../../core/counted.ts";
import { isLecternError, type LecternError } from "../../../core/errors.ts";
import type { ModelEvent } from "../../../core/model.ts";
import type { Tool } from "../../../core/tools.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import { refusalOf } from "./backends.ts";

const faults = {
  "tool-schema-refused": warns(
    "bad_request",
    "The service refuses a tool's schema, so that tool is left out; server and tool are named.",
  ),
  "tools-left-out": warns("config", "More tools are configured than a request may carry, so some are left out of each question."),
  "tools-refused": fails("bad_request", "The deployment takes no tools, or none over this API."),
  "tool-call-failed": fails(
    "service",
    "A question with the tools of the configured servers fails, though one without tools works.",
  ),
};
const found = finder(faults);

/** Whether the deployment takes the tools of the configured servers, through the client that `lectern ask` uses. */
export const tools: Check = {
  id: "tools",
  about: "A tool call with the real schemas of the configured servers, through the very client of `lectern ask`. No tool is run.",
  faults,
  // The client streams every answer, so where streams break a failing tool call says nothing about tools.
  needs: ["deployment", "stream"],
  async run(context): Promise<Verdict> {
    const { config } = context;
    if (context.facts.answered === undefined) return { skip: "deployment gave no reply" };
    const offered = await offeredTools(context);
    const asked = offered.length > 0 ? offered : [sample];
    if ((config.azure.backends ?? []).some((backend) => refusalOf(config, backend) !== undefined))
      return { skip: "a further backend has no key that may be sent, so no question can be asked" };
    const outcome = await callTool(context, asked);
    if (outcome.error) return { findings: [failed(outcome.error, asked, context)] };
    const findings = outcome.notices.flatMap(noticed);
    const what = offered.length > 0 ? counted(offered.length, "tool") : "a sample tool (no server is configured)";
    const note = `${what} accepted${outcome.called === undefined ? "" : `, ${outcome.called} called`}.`;
    return findings.length > 0 ? { findings, note } : { note };
  },
};

/** The tools that could be reached in time; servers that are slow or broken have checks of their own. */
async function offeredTools({ servers }: Context): Promise<readonly Tool[]> {
  const [base, foreign] = await Promise.all([servers.base(), servers.servers()]);
  return [...(base !== undefined && "tools" in base ? base.tools : []), ...foreign.tools];
}

const sample: Tool = {
  name: "lectern__echo",
  server: "lectern",
  tool: "echo",
  description: "Repeats a word.",
  inputSchema: { type: "object", properties: { word: { type: "string" } }, required: ["word"] },
};

interface Outcome {
  readonly called: string | undefined;
  readonly notices: readonly Extract<ModelEvent, { type: "notice" }>[];
  readonly error: LecternError | undefined;
}

async function callTool({ world, config, signal }: Context, asked: readonly Tool[]): Promise<Outcome> {
  const notices: Extract<ModelEvent, { type: "notice" }>[] = [];
  let called: string | undefined;
  const messages = [{ role: "user" as const, content: "Call one of the tools, whichever you like, with any arguments." }];
  try {
    await using opened = await world.openModel(config);
    for await (const event of opened.model.stream(
      { messages, tools: asked, toolChoice: "required", maxOutputTokens: 1_000 },
      { signal },
    )) {
      if (event.type === "notice") notices.push(event);
      if (event.type === "tool_call") called ??= event.name.replace("__", "/");
    }
    return { called, notices, error: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!isLecternError(error)) throw error;
    return { called, notices, error };
  }
}

function failed(error: LecternError, asked: readonly Tool[], { config, facts }: Context): Finding {
  const cause = `A question with ${counted(asked.length, "tool")} fails: ${error.message}`;
  const fix = error.fix ?? "lectern tools --explain shows what is sent for each tool.";
  if (/reasoning_effort|tools?\b.* (are|is) not supported|does not support tools/i.test(error.message)) {
    const version = facts.target?.apiVersion;
    if (version !== undefined && config.azure.api === "auto") {
      const advice = `Leave the api-version ${version} out (unset AZURE_OPENAI_API_VERSION, none in the endpoint): with it the Responses API, over which this model takes tools, is not served.`;
      return found("tools-refused", { cause, fix: advice });
    }
    const choose = config.azure.api === "auto" ? "Use" : "Use --api auto, so that Lectern may choose the Responses API; or use";
    return found("tools-refused", { cause, fix: `${choose} a deployment of a model that takes tools. ${fix}` });
  }
  return found("tool-call-failed", { cause, fix });
}

/** Notices that mean something is amiss with the tools; others (another API, a parameter left out) are the client's daily work. */
function noticed({ code, message }: { readonly code: string; readonly message: string }): readonly Finding[] {
  if (code === "quarantine_tool") {
    const fix =
      "lectern tools --explain shows the schema that is sent; have the server's maker correct it, or leave the tool out with excludeTools.";
    return [found("tool-schema-refused", { cause: message, fix })];
  }
  if (code !== "tools_left_out") return [];
  const fix = "Leave out what is not needed: excludeTools or includeTools of each server in lectern.config.json.";
  return [found("tools-left-out", { cause: message, fix })];
}

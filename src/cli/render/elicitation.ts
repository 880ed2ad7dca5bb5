import type { Elicit } from "../../app/options.ts";
import type { JsonObject } from "../../core/json.ts";
import { isJsonObject, type Json } from "../../core/json.ts";
import type { Io } from "../command.ts";
import { type AskLine, askYes } from "./approval.ts";
import { wrapForeign } from "./wrap.ts";

/**
 * Asks the person at the terminal on behalf of an MCP server, which is named in every prompt. An empty reply to a needed field, or `!`,
 * declines. Addresses are shown whole and never opened by Lectern. Whatever the server writes, only what Lectern says begins a line.
 */
export function askElicitation(askLine: AskLine, io: Io): Elicit {
  return async (question, { signal, server }) => {
    const width = io.stderr.columns || 80;
    io.stderr.write(`\n${wrapForeign(`The MCP server ${server} asks: ${question.message}`, { indent: 0, hanging: 4, width })}\n`);
    if (question.kind === "url") {
      io.stderr.write(`  ${question.url}\n`);
      const goOn = await askYes(askLine, "Open this address yourself if you trust it. Go on?", signal);
      return { action: goOn ? "accept" : "decline" };
    }
    if (question.warning) io.stderr.write(`! ${question.warning}\n`);
    const content: Record<string, Json> = {};
    const needed = new Set(Array.isArray(question.schema.required) ? question.schema.required : []);
    for (const [name, schema] of Object.entries(isJsonObject(question.schema.properties) ? question.schema.properties : {})) {
      const field = isJsonObject(schema) ? schema : {};
      const prompt = wrapForeign(`${label(name, field)} (! to decline):`, { indent: 2, hanging: 4, width });
      const reply = (await askLine(`${prompt} `, signal)).trim();
      if (reply === "!") return { action: "decline" };
      const value = reply === "" ? field.default : typed(reply, field);
      if (value === undefined && needed.has(name)) return { action: "decline" };
      if (value !== undefined) content[name] = value;
    }
    return { action: "accept", content };
  };
}

function label(name: string, field: JsonObject): string {
  const title = typeof field.title === "string" ? field.title : name;
  const choices = Array.isArray(field.enum) ? ` [${field.enum.join(", ")}]` : field.type === "boolean" ? " [yes, no]" : "";
  return `${title}${choices}${field.default === undefined ? "" : ` (${JSON.stringify(field.default)})`}`;
}

/** A reply in the field's type; undefined where it does not fit. */
function typed(reply: string, field: JsonObject): Json | undefined {
  if (field.type === "boolean") return /^(y(es)?|true)$/i.test(reply) ? true : /^(n(o)?|false)$/i.test(reply) ? false : undefined;
  if (field.type === "number" || field.type === "integer") return Number.isFinite(Number(reply)) ? Number(reply) : undefined;
  if (Array.isArray(field.enum) && !field.enum.includes(reply)) return undefined;
  return reply;
}

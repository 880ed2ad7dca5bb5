import { isJsonObject } from "../core/json.ts";
import { neutralise } from "../core/neutralise.ts";
import type { Tool } from "../core/tools.ts";

/**
 * Something about a definition a person should know before the tool is used. A hint, not a defence: what a tool may do is for policy to decide.
 * `orders`: its text gives the model orders beyond the tool's own use. `asks_for_secrets`: it wants what no tool needs.
 * `hidden_text`: parts of it were invisible to people. `outside_reference`: its schema pointed outside itself.
 * `odd_name`: its name is none the protocol recommends. `same_name`: a tool of another server has the same name.
 */
export interface DefinitionFlag {
  readonly server: string;
  readonly tool: string;
  readonly kind: "orders" | "asks_for_secrets" | "hidden_text" | "outside_reference" | "odd_name" | "same_name";
  readonly detail: string;
}

const orders: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|other|all)\b.{0,40}\b(?:instructions?|rules?|prompts?|messages?|tools?)\b/is,
  /\b(?:do not|don't|never|without)\b.{0,20}\b(?:tell|telling|mention|mentioning|inform|informing|reveal|revealing|notify|notifying|show|showing)\b.{0,20}\b(?:user|human|person|anyone|operator)\b/is,
  /<\s{0,3}\/?\s{0,3}(?:important|system|secret|instructions?|admin|hidden|assistant)\b[^>]{0,40}>/i,
  /\b(?:before|after)\s+(?:any|every|each|all|using|calling)\b.{0,80}(?:~\/|\/etc\/|\.ssh\b|id_rsa|\.env\b|credential|password|secret)/is,
  /\byou (?:are now|must now|have to obey)\b/i,
];
const secrets: readonly RegExp[] = [
  /\.ssh\/|\bid_(?:rsa|ed25519|ecdsa)\b|\/etc\/(?:passwd|shadow)\b|\bssh[ _-]?(?:private[ _-]?)?keys?\b/i,
  /\bsystem[ _-]prompt\b|\b(?:full|entire|whole|complete|all)[ _-](?:chat|conversation)(?:[ _-](?:history|log|transcript))?\b/i,
  /\b(?:browser|session)[ _-]cookies\b|\bcontents? of (?:the )?\.env\b/i,
];
const secretNames =
  /ssh_?(?:private_?)?key|id_rsa|system_?prompt|(?:chat|conversation)_?(?:history|transcript)|(?:all|home)_?files|etc_?passwd/i;
const recommendedName = /^[A-Za-z0-9_./-]{1,128}$/;
const maxText = 8_000;
const maxTexts = 5_000;

interface DefinitionTexts {
  readonly texts: string[];
  readonly propertyNames: string[];
  outsideReference: boolean;
}

/** Every text in a definition. `value` is a server's, but its depth was checked before. */
function collect(value: unknown, found: DefinitionTexts, key = ""): void {
  if (found.texts.length > maxTexts) return;
  if (typeof value === "string") {
    if (/^\$(?:ref|dynamicRef)$/.test(key) && !value.startsWith("#")) found.outsideReference = true;
    else found.texts.push(value.slice(0, maxText));
  } else if (Array.isArray(value)) for (const item of value) collect(item, found, key);
  else if (isJsonObject(value)) {
    if (key === "properties") found.propertyNames.push(...Object.keys(value));
    for (const [name, child] of Object.entries(value)) collect(child, found, name);
  }
}

const isHidden = (text: string): boolean =>
  text.includes("<!--") ||
  /[ \u00a0\u2000-\u200a\u3000]{40,}|\n[\s]{0,200}\n{6,}/.test(text) ||
  neutralise(text) !== text.replaceAll("\r\n", "\n").toWellFormed();

/** What is remarkable about a definition as the server sent it. `tool` is the same definition made safe. */
export function flagDefinition(tool: Tool, raw: { readonly [key: string]: unknown }): readonly DefinitionFlag[] {
  const found: DefinitionTexts = { texts: [], propertyNames: [], outsideReference: false };
  for (const key of ["title", "description", "inputSchema", "outputSchema"]) collect(raw[key], found, key);
  const flags: DefinitionFlag[] = [];
  const flag = (kind: DefinitionFlag["kind"], detail: string): void => {
    flags.push({ server: tool.server, tool: tool.tool, kind, detail });
  };
  if (found.texts.some((text) => orders.some((pattern) => pattern.test(text))))
    flag("orders", "its description gives orders to the model");
  const wanted = found.propertyNames.find((name) => secretNames.test(name));
  if (wanted !== undefined) flag("asks_for_secrets", `it wants an argument called "${neutralise(wanted).slice(0, 60)}"`);
  else if (found.texts.some((text) => secrets.some((pattern) => pattern.test(text))))
    flag("asks_for_secrets", "its description speaks of keys or private files");
  if (found.texts.some(isHidden)) flag("hidden_text", "parts of its description cannot be seen");
  if (found.outsideReference) flag("outside_reference", "its schema refers to something outside itself; that was removed");
  if (!recommendedName.test(tool.tool)) flag("odd_name", "its name has characters that tool names should not have");
  return flags;
}

const words = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** Tools of other servers that carry the name of a knowledge server's tool: the model may take one for the other. */
export function flagSameNames(tools: readonly Tool[], isKnowledge: (server: string) => boolean): readonly DefinitionFlag[] {
  const owners = new Map(tools.filter((tool) => isKnowledge(tool.server)).map((tool) => [words(tool.tool), tool.server]));
  return tools.flatMap((tool) => {
    const owner = owners.get(words(tool.tool));
    if (owner === undefined || owner === tool.server || isKnowledge(tool.server)) return [];
    const detail = `server "${owner}" has a tool of that name`;
    return [{ server: tool.server, tool: tool.tool, kind: "same_name" as const, detail }];
  });
}

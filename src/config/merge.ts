import { dirname, resolve } from "node:path";
import { serversMeant } from "../core/glob.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { ConfigNotice, ServerConfig } from "./config.ts";
import type { Layer } from "./layers.ts";
import { narrowToServers } from "./project-limits.ts";
import { type Origin, parseSetting, settings } from "./settings.ts";
import type { Values } from "./values.ts";
import { visible } from "./visible.ts";

/** Objects whose members are settings of their own; lists of rules are joined instead (`mergeRules`), servers too. */
const sections = ["", "azure", "limits", "log"];
const apart = ["$schema", "mcpServers", "mcpFiles", "allow", "ask", "deny", "trusted", "azure.trustedHosts"];

/** Takes over what one file sets. Throws `config` for a value that its flag or variable would not take either. */
export function mergeFile(layer: Layer, into: Values): void {
  const visit = (value: unknown, path: string): void => {
    if (apart.includes(path)) return;
    if (isJsonObject(value) && sections.includes(path)) {
      for (const [key, child] of Object.entries(value)) visit(child, path === "" ? key : `${path}.${key}`);
      return;
    }
    const origin: Origin = { kind: layer.kind, name: `${layer.shown}: ${path}` };
    const setting = settings.find((known) => known.path === path);
    const checked = setting && typeof value === "string" ? parseSetting(setting, value, origin) : value;
    into.set(path, path === "azure.caFile" ? resolve(dirname(layer.path), String(checked)) : checked, origin);
  };
  visit(layer.config as JsonObject, "");
}

/** Joins the lists of rules of all files. A project can only make them stricter, except for servers of its own. */
export function mergeRules(layers: readonly Layer[], servers: readonly ServerConfig[], into: Values): readonly ConfigNotice[] {
  const notices: ConfigNotice[] = [];
  const add = (path: string, more: readonly string[], layer: Layer): void => {
    if (more.length === 0) return;
    const before = into.origins.get(path);
    into.values.set(path, [...((into.values.get(path) as string[] | undefined) ?? []), ...more]);
    const name = `${layer.shown}: ${path}`;
    into.origins.set(path, { kind: layer.kind, name: before ? `${before.name}, ${name}` : name });
  };
  const ownServers = servers.filter((server) => server.origin.kind === "project_file").map((server) => server.name);
  for (const layer of layers) {
    const { allow = [], ask = [], deny = [], trusted = [], azure } = layer.config;
    const isProject = layer.kind === "project_file";
    add("allow", isProject ? narrowToServers(allow, ownServers) : allow, layer);
    for (const pattern of allow) {
      const message = ambiguity(pattern, servers);
      if (message !== undefined) notices.push({ code: "server_rule", message: `${layer.shown}: ${message}` });
    }
    add("ask", ask, layer);
    add("deny", deny, layer);
    const vouched = { trusted, "azure.trustedHosts": azure?.trustedHosts ?? [] };
    for (const [path, more] of Object.entries(vouched)) {
      if (isProject && more.length > 0) notices.push({ code: "not_from_project", message: notFromProject(layer, path) });
      else add(path, more, layer);
    }
  }
  demoteForInstructions(servers, into);
  return notices;
}

/** What to tell of an `allow` that reads like a server's name; undefined for any other. A whole name of a tool is clear enough. */
function ambiguity(pattern: string, servers: readonly ServerConfig[]): string | undefined {
  const meant = serversMeant(
    pattern,
    servers.map(({ name }) => name),
  );
  if (meant.length === 0 || !(pattern.includes("*") || meant.includes(pattern))) return undefined;
  const shown = visible(pattern);
  const [names, whole] = [meant.join(", "), meant.map((name) => `"${name}/*"`).join(", ")];
  return `"allow": "${shown}" is taken for tools of ${names} only. Write ${whole} for all that ${meant.length === 1 ? "it offers" : "they offer"}, or "*/${shown}" for tools of such a name on any server.`;
}

const notFromProject = (layer: Layer, path: string): string =>
  `${layer.shown} sets "${path}": not used, since a project cannot vouch for itself. Put it into your own configuration file, or pass --config ${layer.shown}.`;

/** Instructions of a project are foreign words in the model's ear: after them, tools of the user's own servers are asked for, even allowed ones. */
function demoteForInstructions(servers: readonly ServerConfig[], into: Values): void {
  const origin = into.origins.get("instructions");
  if (origin?.kind !== "project_file") return;
  const usersOwn = servers.filter((server) => server.origin.kind !== "project_file").map((server) => `${server.name}/*`);
  if (usersOwn.length === 0) return;
  into.values.set("ask", [...((into.values.get("ask") as string[] | undefined) ?? []), ...usersOwn]);
  const before = into.origins.get("ask");
  into.origins.set("ask", { kind: origin.kind, name: before ? `${before.name}, ${origin.name}` : origin.name });
}

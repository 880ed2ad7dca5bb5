import { dirname, resolve } from "node:path";
import type { ConfigNotice, ServerConfig, SourceConfig } from "./config.ts";
import { type Layer, readLayers } from "./layers.ts";
import { mergeFile, mergeRules } from "./merge.ts";
import { pickServers } from "./pick-servers.ts";
import type { Places } from "./places.ts";
import { checkProjectSource } from "./project-limits.ts";
import type { OriginKind } from "./settings.ts";
import type { Values } from "./values.ts";

/** What the files say beside the settings that went into `Values`. */
export interface FromFiles {
  readonly servers: readonly ServerConfig[];
  readonly notices: readonly ConfigNotice[];
  readonly files: readonly { readonly path: string; readonly kind: OriginKind }[];
  /** Folder that relative paths of the configuration start from. */
  readonly root: string;
  /** Throws `config` where a project names something outside itself. */
  sources(): readonly SourceConfig[];
}

/** Reads every file that counts into `values`, weakest first. Throws `config` naming the file, the setting and the fix. */
export async function readFiles(places: Places, values: Values): Promise<FromFiles> {
  const layers = await readLayers(places);
  for (const layer of layers) mergeFile(layer, values);
  const { servers, notices } = pickServers(layers);
  return {
    servers,
    notices: [...notices, ...mergeRules(layers, servers, values)],
    files: layers.map(({ path, kind }) => ({ path, kind })),
    root: rootOf(layers, places.cwd),
    sources: () => sourcesOf(layers),
  };
}

/** The folder of the project's or the given file, else the current one. */
function rootOf(layers: readonly Layer[], cwd: string): string {
  const own = layers.findLast((layer) => layer.kind !== "user_file" && !layer.isOthers);
  return own ? dirname(own.path) : cwd;
}

function sourcesOf(layers: readonly Layer[]): readonly SourceConfig[] {
  const layer = layers.findLast((candidate) => candidate.config.sources !== undefined);
  if (!layer) return [];
  return layer.config.sources!.map((entry) => {
    const { name, path } = typeof entry === "string" ? { name: undefined, path: entry } : entry;
    if (layer.kind === "project_file") checkProjectSource(path, layer);
    return { ...(name ? { name } : {}), path: resolve(dirname(layer.path), path) };
  });
}

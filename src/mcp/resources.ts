import { LecternError } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { neutralise, oneLine } from "../core/neutralise.ts";

/** A resource a server offers. Its texts are the server's, neutralised. */
export interface Resource {
  readonly uri: string;
  readonly name: string;
  readonly description?: string;
  readonly mimeType?: string;
}

export interface ResourceText {
  readonly uri: string;
  readonly mimeType: string | null;
  readonly text: string;
}

const maxResources = 1_000;
const maxPages = 64;
const maxCursor = 64 * 1024;
/** Longest address of a resource, in characters. */
export const maxUri = 4_000;

const field = (key: string, value: unknown, length: number): Record<string, string> =>
  typeof value === "string" && value !== "" ? { [key]: oneLine(value, length) } : {};

type FetchPage = (params: JsonObject) => Promise<unknown>;

/** Reads a server's list of resources page by page; unreadable entries are left out. */
export const readResourceList = (fetchPage: FetchPage): Promise<readonly Resource[]> => readPages("resources", "uri", fetchPage);

/** Reads a server's patterns of addresses, like a list of resources; `uri` is then a pattern with `{…}` in it. */
export const readTemplateList = (fetchPage: FetchPage): Promise<readonly Resource[]> =>
  readPages("resourceTemplates", "uriTemplate", fetchPage);

async function readPages(listKey: string, uriKey: string, fetchPage: FetchPage): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < maxPages && resources.length < maxResources; page++) {
    const result = await fetchPage(cursor === undefined ? {} : { cursor });
    const entries = isJsonObject(result) ? result[listKey] : undefined;
    for (const entry of Array.isArray(entries) ? entries.slice(0, maxResources - resources.length) : []) {
      const uri: unknown = isJsonObject(entry) ? entry[uriKey] : undefined;
      if (!isJsonObject(entry) || typeof uri !== "string" || uri.length > maxUri) continue;
      // Asked for exactly as the server wrote it, so an address that cannot be shown is left out.
      if (uri === "" || oneLine(uri, maxUri) !== uri) continue;
      const name = typeof entry.name === "string" ? oneLine(entry.name, 200) : uri;
      resources.push({
        uri,
        name,
        ...field("description", entry.description, 1_000),
        ...field("mimeType", entry.mimeType, 80),
      });
    }
    const next: unknown = isJsonObject(result) ? result.nextCursor : undefined;
    if (typeof next !== "string" || next === "" || next.length > maxCursor || cursors.has(next)) break;
    cursors.add(next);
    cursor = next;
  }
  return resources;
}

/** The readable part of a `resources/read` answer. Throws `service` where there is none. */
export function readResourceText(uri: string, raw: unknown): ResourceText {
  const contents = isJsonObject(raw) && Array.isArray(raw.contents) ? raw.contents.filter(isJsonObject) : [];
  if (contents.length === 0)
    throw new LecternError("service", `The server gave no content for the resource ${oneLine(uri, 200)}`);
  const texts = contents.slice(0, 100).map((content) => {
    if (typeof content.text === "string") return neutralise(content.text);
    return `[${oneLine(String(content.uri ?? uri), 200)}: binary content left out]`;
  });
  const mimeType = contents[0]!.mimeType;
  return { uri, mimeType: typeof mimeType === "string" ? oneLine(mimeType, 80) : null, text: texts.join("\n\n") };
}

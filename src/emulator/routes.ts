import type { Api } from "./deployments.ts";

interface Common {
  readonly family: "v1" | "classic";
  /** True below /api/projects/<name>, the Foundry project's path. */
  readonly project: boolean;
}

/** What a path asks for. */
export type Route = Common &
  (
    | { readonly kind: "model"; readonly api: Api; readonly deployment: string | null }
    | { readonly kind: "models"; readonly id: string | null }
    | { readonly kind: "stored"; readonly id: string; readonly part: "response" | "input_items" }
  );

const operations = new Map<string, Api>([
  ["responses", "responses"],
  ["chat/completions", "chat"],
  ["embeddings", "embeddings"],
]);

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function findPlain(method: string, path: string, project: boolean): Route | undefined {
  const found = /^\/openai\/(v1\/)?(.+)$/.exec(path);
  if (found === null) return undefined;
  const common = { family: found[1] === undefined ? "classic" : "v1", project } as const;
  const rest = found[2]!;
  const api = operations.get(rest);
  if (api !== undefined && method === "POST" && (common.family === "v1" || api === "responses")) {
    return { ...common, kind: "model", api, deployment: null };
  }
  if (method === "GET" && /^models(?:\/[^/]+)?$/.test(rest)) {
    return { ...common, kind: "models", id: rest === "models" ? null : decode(rest.slice(7)) };
  }
  const stored = /^responses\/([^/]+)(\/input_items)?$/.exec(rest);
  if (stored !== null && (method === "GET" || (method === "DELETE" && stored[2] === undefined))) {
    return { ...common, kind: "stored", id: decode(stored[1]!), part: stored[2] === undefined ? "response" : "input_items" };
  }
  return undefined;
}

/** Finds what a method and path ask for; undefined where Azure knows no such path. */
export function findRoute(method: string, path: string): Route | undefined {
  const classic = /^\/openai\/deployments\/([^/]+)\/(chat\/completions|embeddings)$/.exec(path);
  if (classic !== null && method === "POST") {
    const api = operations.get(classic[2]!)!;
    return { kind: "model", api, family: "classic", project: false, deployment: decode(classic[1]!) };
  }
  const project = /^\/api\/projects\/[^/]+(\/openai\/.+)$/.exec(path);
  return project === null ? findPlain(method, path, false) : findPlain(method, project[1]!, true);
}

/** True for paths below a Foundry project's endpoint, whose unknown operations are answered with HTML. */
export const isProjectPath = (path: string): boolean => /^\/api\/projects(?:\/|$)/.test(path);

import type { Api } from "./deployments.ts";

/** What a path asks for. */
export type Route =
  | { readonly kind: "model"; readonly api: Api; readonly family: "v1" | "classic"; readonly deployment: string | null }
  | { readonly kind: "models"; readonly family: "v1" | "classic"; readonly id: string | null }
  | { readonly kind: "stored"; readonly family: "v1" | "classic"; readonly id: string };

const operations: Readonly<Record<string, Api>> = {
  responses: "responses",
  "chat/completions": "chat",
  embeddings: "embeddings",
};

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Finds what a method and path ask for; undefined where Azure knows no such path. */
export function findRoute(method: string, path: string): Route | undefined {
  const classic = /^\/openai\/deployments\/([^/]+)\/(chat\/completions|embeddings)$/.exec(path);
  if (classic !== null && method === "POST") {
    return { kind: "model", api: operations[classic[2]!]!, family: "classic", deployment: decode(classic[1]!) };
  }
  const found = /^\/openai\/(v1\/)?(.+)$/.exec(path);
  if (found === null) return undefined;
  const family = found[1] === undefined ? "classic" : "v1";
  const rest = found[2]!;
  const api = operations[rest];
  if (api !== undefined && method === "POST" && (family === "v1" || api === "responses")) {
    return { kind: "model", api, family, deployment: null };
  }
  if (method === "GET" && /^models(\/[^/]+)?$/.test(rest)) {
    return { kind: "models", family, id: rest === "models" ? null : decode(rest.slice(7)) };
  }
  if ((method === "GET" || method === "DELETE") && /^responses\/[^/]+$/.test(rest)) {
    return { kind: "stored", family, id: decode(rest.slice(10)) };
  }
  return undefined;
}

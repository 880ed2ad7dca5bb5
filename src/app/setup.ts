import { normaliseEndpoint } from "../azure/endpoint.ts";
import type { Config, ServerConfig } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import { counted } from "../core/counted.ts";
import { isLecternError, LecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import { holdsPlaceholder } from "./endpoint-trust.ts";
import { openStore } from "./knowledge-server.ts";
import { openModel } from "./model.ts";
import { openToolbox } from "./toolbox.ts";

/** Why a text is no endpoint; undefined where it is one. */
export function endpointProblem(given: string): string | undefined {
  try {
    normaliseEndpoint(given);
    return undefined;
  } catch (error) {
    if (holdsPlaceholder(given)) return "Put your own resource's name in place of what stands between < and >.";
    const what = isLecternError(error) ? error.message : "This is no address";
    return `${what}. It is written like https://my-resource.openai.azure.com.`;
  }
}

/** How long a setup's question to the model may take, in milliseconds. */
const modelPatienceMs = 30_000;

/** Asks the configured model for one word, to see that endpoint, deployment and credential work together. Throws as `ask` would. */
export async function tryModel(config: Config, options: { readonly signal: AbortSignal }): Promise<string> {
  await using opened = await openModel(config, {});
  const began = performance.now();
  const patience = AbortSignal.timeout(modelPatienceMs);
  const signal = AbortSignal.any([options.signal, patience]);
  const messages = [{ role: "user", content: "Reply with the word: ready" }] as const;
  try {
    for await (const event of opened.model.stream({ messages, tools: [], maxOutputTokens: 200 }, { signal }))
      if (event.type === "finish") break;
  } catch (error) {
    if (!patience.aborted || options.signal.aborted) throw error;
    throw new LecternError("network", `The model did not answer within ${modelPatienceMs / 1000} seconds.`, {
      fix: "lectern doctor names the broken link.",
      cause: error,
    });
  }
  const { deployment, served, api } = opened.model.describe();
  const model = served && served !== deployment ? ` (${served})` : "";
  return `${deployment}${model} answers by the ${api} API, in ${((performance.now() - began) / 1000).toFixed(1)} s`;
}

/** Opens and indexes one source, to see that something in it can be read. Throws `config` where nothing can. */
export async function trySource(config: Config, path: string): Promise<string> {
  await using store = await openStore({ ...config, sources: [{ path }] }, { watch: false });
  const { documents } = store.counts({ everybody: true });
  const skipped = store.problems().length;
  return `${counted(documents, "document")}${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Connects to one server that the user has approved, to see that it offers tools. Throws `service` with its own reason. */
export async function tryServer(
  config: Config,
  server: ServerConfig,
  options: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<string> {
  // Approved by whoever calls this, so it is not asked for again.
  const approved = { ...server, origin: { ...server.origin, kind: "flag" as const } };
  const reasons: string[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type === "server" && event.state === "failed") reasons.push(event.reason ?? "it failed");
  };
  await using opened = await openToolbox({ ...config, sources: [], servers: [approved] }, { ...options, onEvent });
  const state = opened.mcp?.servers().find((candidate) => candidate.name === server.name);
  if (state?.state !== "ready" && state?.state !== "degraded") {
    throw new LecternError("service", `${server.name} does not work: ${state?.reason ?? reasons[0] ?? "it did not start"}.`, {
      fix: `Correct ${server.origin.name}, or leave the server out.`,
    });
  }
  return counted(state.tools, "tool");
}

import type { JsonObject } from "../core/json.ts";
import type { Deployment } from "./deployments.ts";
import { Refused } from "./refusals/table.ts";

/** Models of the catalogue that no deployment serves: `/models` lists what could be deployed, so that it never tells what is. */
const undeployed = [
  "dall-e-3-3.0",
  "gpt-4o-2024-11-20",
  "gpt-5-mini-2025-08-07",
  "gpt-6-sol-2026-09-10",
  "o4-mini-2025-04-16",
  "whisper-001",
];

function entry(id: string, api: "chat" | "embeddings" | "responses"): JsonObject {
  return {
    status: "succeeded",
    capabilities: {
      fine_tune: false,
      inference: true,
      completion: false,
      chat_completion: api !== "embeddings",
      embeddings: api === "embeddings",
    },
    lifecycle_status: "generally-available",
    deprecation: { inference: 1_830_297_600 },
    id,
    created_at: 1_767_225_600,
    updated_at: 1_788_220_800,
    object: "model",
  };
}

/** The catalogue, or one model of it. Shape: Azure OpenAI data plane reference, Models - List. */
export function modelsBody(deployments: Iterable<Deployment>, id: string | null): JsonObject {
  const served = new Map([...deployments].map((deployment) => [deployment.served, deployment.apis[0] ?? "chat"]));
  for (const model of undeployed) if (!served.has(model)) served.set(model, "chat");
  const data = [...served].sort(([a], [b]) => (a < b ? -1 : 1)).map(([model, api]) => entry(model, api));
  if (id === null) return { data, object: "list" };
  const one = data.find((model) => model.id === id);
  if (one === undefined) throw new Refused("404-path");
  return one;
}

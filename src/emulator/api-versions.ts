import type { Api } from "./deployments.ts";
import { Refused } from "./refusals/table.ts";

/** Dated versions of the classic data plane, as listed by Azure/azure-rest-api-specs (specification/cognitiveservices/data-plane/AzureOpenAI). */
const dated = new Set(
  `2022-12-01 2023-03-15-preview 2023-05-15 2023-06-01-preview 2023-07-01-preview 2023-08-01-preview 2023-09-01-preview
  2023-10-01-preview 2023-12-01-preview 2024-02-01 2024-02-15-preview 2024-03-01-preview 2024-04-01-preview 2024-05-01-preview
  2024-06-01 2024-07-01-preview 2024-08-01-preview 2024-09-01-preview 2024-10-01-preview 2024-10-21 2024-12-01-preview
  2025-01-01-preview 2025-02-01-preview 2025-03-01-preview 2025-04-01-preview`.split(/\s+/),
);
/** Responses came to the classic family with this version. */
const firstWithResponses = "2025-03-01";
const undated = new Set(["v1", "preview", "latest"]);

/** Refuses an api-version that the family or the API does not take. Throws Refused. */
export function checkApiVersion(family: "v1" | "classic", api: Api | "models", version: string | null): void {
  if (family === "v1") {
    if (version !== null && !undated.has(version)) throw new Refused("400-api-version");
    return;
  }
  if (version === null || !dated.has(version)) throw new Refused("404-path");
  if (api === "responses" && version < firstWithResponses) throw new Refused("404-path");
}

import type { JsonObject } from "../../core/json.ts";
import { objects } from "./chat-request.ts";

/** The output items of a response object, as input for the response that continues it. */
export function outputObjects(response: JsonObject): readonly JsonObject[] {
  return objects(response.output);
}

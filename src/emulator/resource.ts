import { isJsonObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import type { Brain } from "./brain/brain.ts";
import type { FilterTrigger } from "./content-filter.ts";
import type { Deployment } from "./deployments.ts";
import { decryptsFor } from "./encryption.ts";
import type { FaultPlan } from "./faults/plan.ts";
import type { Gate } from "./gate.ts";
import type { Answer } from "./http.ts";
import { inputItemsPage } from "./input-items.ts";
import type { RateLimits } from "./rates.ts";
import { Recent } from "./recent.ts";
import { Refused } from "./refusals/table.ts";
import { objects, text } from "./wire/chat-request.ts";

/** A response kept for `previous_response_id`. */
export interface StoredResponse {
  readonly response: JsonObject;
  /** Items given to it, and the conversation up to and with it. */
  readonly input: readonly JsonObject[];
  readonly items: readonly JsonObject[];
}

/** One emulated Azure OpenAI resource: its gate, its deployments, what it has stored. */
export interface Resource {
  readonly name: string;
  readonly seed: number;
  readonly strict: boolean;
  readonly gate: Gate;
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly brain: Brain;
  readonly rates: RateLimits;
  readonly faults: FaultPlan;
  readonly filters: readonly FilterTrigger[];
  readonly memory: ResponseMemory;
}

/** What a response was an answer to: the conversation before it and its own input. */
interface Continued {
  readonly earlier: readonly JsonObject[];
  readonly input: readonly JsonObject[];
}

/** Characters of what output items say. */
function lengthOf(output: readonly JsonObject[]): number {
  const said = output.flatMap((item) => [
    text(item.arguments ?? item.input),
    ...objects(item.content).map((part) => text(part.text)),
  ]);
  return said.reduce((sum, each) => sum + each.length, 0);
}

const kept = { values: 1_000, characters: 64 * 1024 * 1024 };

/** Stored responses, oldest forgotten first, and what is known of their items. */
export class ResponseMemory {
  readonly #resource: string;
  readonly #stored = new Map<string, StoredResponse>();
  readonly #reasoning = new Map<string, string>();
  readonly #recent = new Recent<string>(kept);

  constructor(resource: string) {
    this.#resource = resource;
  }

  get(id: string): StoredResponse | undefined {
    return this.#stored.get(id);
  }

  /** The conversation that a body continues; throws Refused for an unknown response. */
  earlier(body: JsonObject): readonly JsonObject[] {
    const id = body.previous_response_id;
    if (typeof id !== "string") return [];
    const found = this.#stored.get(id);
    if (found === undefined) throw new Refused("400-previous-response", { id });
    return found.items;
  }

  /** `asked`: how many characters the request had. */
  store(response: JsonObject, { earlier, input }: Continued, asked: number): void {
    const output = objects(response.output);
    const id = text(response.id);
    const isNew = !this.#stored.has(id);
    this.#stored.set(id, { response, input, items: [...earlier, ...input, ...output] });
    const reasoning = output.find((item) => item.type === "reasoning");
    for (const item of output) {
      if (reasoning !== undefined && item !== reasoning) this.#reasoning.set(text(item.id), text(reasoning.id));
    }
    if (isNew) for (const forgotten of this.#recent.add(id, asked + lengthOf(output))) this.delete(forgotten);
  }

  delete(id: string): boolean {
    const found = this.#stored.get(id);
    for (const item of found === undefined ? [] : objects(found.response.output)) this.#reasoning.delete(text(item.id));
    return this.#stored.delete(id);
  }

  reasoningOf(itemId: string): string | undefined {
    return this.#reasoning.get(itemId);
  }

  decrypts(content: string): boolean {
    return decryptsFor(this.#resource, content);
  }
}

/** Deeper than any request is, and shallow enough for everything that walks through one. */
const maxDepth = 200;

function isDeeper(value: Json, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((entry) => isDeeper(entry, left - 1));
}

/** The JSON object of a request. Throws Refused for what is none, or is nested too deep. */
export function parseBody(body: string): JsonObject {
  const parsed = parseJson(body);
  if (!isJsonObject(parsed) || isDeeper(parsed, maxDepth)) throw new Refused("400-invalid-json");
  return parsed;
}

export function jsonAnswer(body: JsonObject): Answer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** What is asked of a stored response. */
interface StoredRequest {
  readonly id: string;
  readonly part: "response" | "input_items";
  readonly method: string;
  readonly query: URLSearchParams;
}

/** Answers `GET` and `DELETE` of a stored response, and `GET` of its input items. */
export function answerStored(memory: ResponseMemory, { id, part, method, query }: StoredRequest): Answer {
  const found = memory.get(id);
  if (found === undefined) throw new Refused("404-response", { id });
  if (method === "DELETE") {
    memory.delete(id);
    return jsonAnswer({ id, object: "response", deleted: true });
  }
  return jsonAnswer(part === "response" ? found.response : inputItemsPage(id, found.input, query));
}

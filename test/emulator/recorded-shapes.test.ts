import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Reply } from "../../src/emulator/index.ts";
import type { Refusal } from "../../src/emulator/refusals/refusal.ts";
import { refusals } from "../../src/emulator/refusals/table.ts";
import { shared } from "../support/shared.ts";
import { eventsOf, type Sent, sendTo, withEmulator } from "./support.ts";

/**
 * Compares what the emulator sends with real exchanges of OpenAI models: every key, its nesting, the order of events and the names of
 * headers that a recording has, the emulator must have, too. Values are not compared.
 */
interface Row {
  readonly file: string;
  readonly provider: string;
  readonly api: string;
  readonly api_version: string;
  readonly model: string;
  readonly model_family: string;
  readonly status: number;
  readonly headers_recorded: boolean;
}
interface Recording {
  readonly request: { readonly path: string; readonly body: Record<string, unknown> | null };
  readonly response: { readonly headers: Record<string, string>; readonly body?: Record<string, unknown>; readonly sse?: string };
}

const folder = shared("data/azure-recordings");
const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder!, file), "utf8")) as T;

/** Hosted tools and background runs are out of scope; so are the models of other vendors. */
const outOfScope = /image-generation|code-interpreter|background|error400|error401/;

function rows(): Row[] {
  const index = read<Row[] | { rows?: Row[]; files?: Row[] }>("index.json");
  const all = Array.isArray(index) ? index : (Object.values(index).find(Array.isArray) as Row[]);
  return all.filter((row) => row.model_family === "openai-model" && row.status === 200 && !outOfScope.test(row.file));
}

/** Subtrees whose keys are the caller's own. */
const freeForm = /\.(?:tools\[\]\.parameters|tools\[\]\.function|metadata|format|tool_choice|embedding)\b/;

function paths(value: unknown, at = ""): string[] {
  if (freeForm.test(at)) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((entry) => paths(entry, `${at}[]`)))];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${at}.${key}`, ...paths(inner, `${at}.${key}`)]);
}

/** Neighbouring events of one type count as one. */
function order(events: readonly Record<string, unknown>[]): string[] {
  const types = events.map((event) => String(event.type ?? event.object ?? "chunk"));
  return types.filter((type, index) => type !== types[index - 1]);
}

interface Output {
  readonly type: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly summary?: readonly { readonly text: string }[];
  readonly content?: readonly { readonly text?: string }[];
}

function replyOfOutput(output: readonly Output[]): Reply {
  const text = output.flatMap((item) => (item.type === "message" ? (item.content ?? []) : [])).map((part) => part.text ?? "");
  const thought = output.flatMap((item) => item.summary ?? []).map((part) => part.text);
  const thinking = output.some((item) => item.type === "reasoning");
  const calls = output
    .filter((item) => item.type === "function_call")
    .map((item) => ({ name: item.name!, arguments: item.arguments! }));
  return {
    ...(text.length > 0 ? { text: text.join("") } : {}),
    ...(thought.length > 0 ? { reasoning: thought.join("\n") } : thinking ? {} : { reasoning: "" }),
    ...(calls.length > 0 ? { toolCalls: calls } : {}),
  };
}

interface ChatMessage {
  readonly content?: string | null;
  readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[];
}

/** What the model said in a recording, as a script for the emulator. */
function replyOf({ response }: Recording, api: string): Reply {
  if (api === "responses") {
    const final =
      response.sse === undefined ? response.body : (eventsOf(response.sse).at(-1)?.response as Record<string, unknown>);
    return replyOfOutput((final?.output ?? []) as Output[]);
  }
  const choice = (response.body?.choices as { message?: ChatMessage; finish_reason?: string }[] | undefined)?.[0];
  const toolCalls = choice?.message?.tool_calls?.map((call) => call.function);
  if (toolCalls !== undefined) return { toolCalls };
  return { text: choice?.message?.content ?? "Why did the trace cross the road? To get to the other span." };
}

const reasons = (row: Row): boolean => /gpt-5|o3|o4|codex/.test(row.model);

/** The like request: the recorded one, made fit for a deployment of the emulator. */
function requestFor(row: Row, { request, response }: Recording): { path: string; body: Record<string, unknown> } {
  const model = row.api === "embeddings" ? "embeddings" : reasons(row) ? "default" : "classic";
  const streamed = response.sse !== undefined;
  const recorded = (request.body ?? { input: "hi" }) as Record<string, unknown>;
  const body: Record<string, unknown> = { ...recorded, model, ...(streamed ? { stream: true } : {}) };
  for (const refused of ["temperature", "top_p", "previous_response_id", "data_sources"]) delete body[refused];
  if (row.api === "responses") {
    const final = streamed ? (eventsOf(response.sse!).at(-1)?.response as Record<string, unknown>) : response.body!;
    body.input = "What is the capital of France?";
    body.tools ??= final.tools;
    const output = (final.output ?? []) as Record<string, unknown>[];
    if (output.some((item) => item.encrypted_content !== undefined)) body.include = ["reasoning.encrypted_content"];
    if (output.some((item) => (item.summary as object[] | undefined)?.length)) body.reasoning = { summary: "detailed" };
    return { path: "/openai/v1/responses", body };
  }
  if (row.api === "chat") {
    body.messages = [{ role: "user", content: "Tell me a joke." }];
    if (model === "default") delete body.max_tokens;
    if (model === "default" && body.tools !== undefined) body.reasoning_effort = "none";
  }
  const operation = row.api === "chat" ? "chat/completions" : "embeddings";
  return { path: `/openai/deployments/${model}/${operation}?api-version=2024-10-21`, body };
}

const jsonOf = (sent: Sent): unknown => sent.body;
const eventShapes = (text: string): Map<string, Set<string>> => {
  const shapes = new Map<string, Set<string>>();
  for (const event of eventsOf(text)) {
    const type = String(event.type ?? "chunk");
    shapes.set(type, new Set([...(shapes.get(type) ?? []), ...paths(event)]));
  }
  return shapes;
};

function lackingIn(recording: Recording, sent: Sent): string[] {
  if (recording.response.sse === undefined) {
    const ours = new Set(paths(jsonOf(sent)));
    return paths(recording.response.body).filter((path) => !ours.has(path));
  }
  const ours = eventShapes(sent.text);
  const lacking = [...eventShapes(recording.response.sse)].flatMap(([type, shape]) =>
    [...shape].filter((path) => !ours.get(type)?.has(path)).map((path) => `${type}${path}`),
  );
  const theirOrder = order(eventsOf(recording.response.sse)).join(" > ");
  const ourOrder = order(eventsOf(sent.text)).join(" > ");
  return theirOrder === ourOrder ? lacking : [...lacking, `order: ${theirOrder} (ours: ${ourOrder})`];
}

/** Fields that only OpenAI's own service has. */
const ofOpenAi = /\.billing\b|\.generate_summary$/;

/** Of the transport, of Azure's older front ends (before 2025), or of OpenAI's own. */
const otherHeaders =
  /^(?:date|content-length|transfer-encoding|connection|cache-control|access-control-.*|cmp-upstream-response-duration|ms-azureml-model-time|x-ms-client-request-id)$/;

test("for text, reasoning, function calls and embeddings of OpenAI models the emulator lacks nothing that a recording has", async ({
  skip,
}) => {
  if (folder === undefined) return skip();
  const compared = rows();
  const lacking: Record<string, string[]> = {};
  for (const row of compared) {
    const recording = read<Recording>(row.file);
    const { path, body } = requestFor(row, recording);
    await withEmulator({ script: () => replyOf(recording, row.api) }, async (emulator) => {
      const sent = await sendTo(emulator, path, body);
      const found =
        sent.status === 200
          ? lackingIn(recording, sent).filter((path) => !ofOpenAi.test(path))
          : [`status ${sent.status}: ${sent.text.slice(0, 200)}`];
      const names = row.provider === "azure" && row.headers_recorded ? Object.keys(recording.response.headers) : [];
      const headers = names.filter((name) => !otherHeaders.test(name) && !sent.headers.has(name)).map((name) => `header ${name}`);
      if (found.length + headers.length > 0) lacking[row.file] = [...found, ...headers];
    });
  }
  expect(compared.length).toBeGreaterThan(40);
  expect(lacking).toEqual({});
});

/** Whether a row of the table says what a recorded error says: same status, same keys, same code, same words around the facts. */
function says(row: Refusal, status: number, body: unknown): boolean {
  const said = (body as { error?: Record<string, unknown> } | undefined)?.error;
  const ours = (row.body as { error?: Record<string, string | null> }).error;
  if (row.status !== status || said === undefined || ours === undefined) return false;
  const words = String(ours.message)
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const keys = (error: object): string => Object.keys(error).sort().join();
  return keys(said) === keys(ours) && said.code === ours.code && new RegExp(`^${words}$`).test(String(said.message));
}

test("every recorded error is a refusal of the table, in its words", async ({ skip }) => {
  if (folder === undefined) return skip();
  const all = read<{ rows?: Row[] } | Row[]>("index.json");
  const failed = (Array.isArray(all) ? all : (Object.values(all).find(Array.isArray) as Row[])).filter(
    (row) => row.status >= 400,
  );
  expect(failed.length).toBeGreaterThan(2);
  const unknown = failed.filter((row) => {
    const { body } = read<Recording>(row.file).response;
    return !(refusals as readonly Refusal[]).some((refusal) => says(refusal, row.status, body));
  });
  expect(unknown.map((row) => row.file)).toEqual([]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { fromOpenAI } from "../../src/azure/from-openai.ts";
import type { Json } from "../../src/core/json.ts";
import { shared } from "../support/shared.ts";
import { replyServer } from "./reply-server.ts";
import { chatText, collect, errorAnswer, failureOf, modelAt, responsesCall, responsesText, sse, tool } from "./support.ts";

const clientAt = (url: string): OpenAI =>
  new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: "k", maxRetries: 0, organization: null, project: null });

test.each(["responses", "chat"] as const)("a client of the openai package can stand in for ours: %s", async (api) => {
  await using server = await replyServer(api === "chat" ? chatText("hello there") : responsesText("hello there"));
  const model = fromOpenAI(clientAt(server.url), { deployment: "dep", api });
  expect(await collect(model)).toMatchObject({ text: "hello there", finish: "stop" });
  expect(server.requests[0]?.body).toMatchObject({ model: "dep", stream: true });
  expect(model.describe()).toMatchObject({ deployment: "dep", api, served: "m-1", requests: 1 });
});

test("its tool calls carry the toolbox's names, and its errors our codes", async () => {
  await using calling = await replyServer((request) =>
    responsesCall((request.body.tools as readonly { name: string }[])[0]!.name, "{}"),
  );
  expect((await collect(fromOpenAI(clientAt(calling.url), { deployment: "d" }), { tools: [tool("a b")] })).calls[0]?.name).toBe(
    "a b",
  );
  await using missing = await replyServer(
    errorAnswer(404, { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." }),
  );
  expect(await failureOf(collect(fromOpenAI(clientAt(missing.url), { deployment: "d" })))).toMatchObject({ code: "config" });
});

const packageKey = "5ecret-of-the-package-0123456789";

test.each([
  ["key", packageKey],
  ["token, fetched for each request,", async () => packageKey],
])("the package's %s is in no error, even where the service sends it back", async (_, apiKey) => {
  await using server = await replyServer((request) => errorAnswer(400, { message: `You sent ${request.headers.authorization}` }));
  const client = new OpenAI({ baseURL: `${server.url}/openai/v1/`, apiKey, maxRetries: 0, organization: null, project: null });
  const { message } = (await failureOf(collect(fromOpenAI(client, { deployment: "d" })))) as Error;
  expect(message).toMatch(/You sent Bearer \[redacted\]/);
});

test("a key of the package that is refused is told as a key", async () => {
  const message = "Access denied due to invalid subscription key or wrong API endpoint.";
  await using server = await replyServer(errorAnswer(401, { code: "401", message }));
  const refused = (await failureOf(collect(fromOpenAI(clientAt(server.url), { deployment: "d" })))) as Error;
  expect(refused.message).toMatch(/refused the API key/);
});

test("what the package ends in silence is an error here too: a stream cut before its closing event", async () => {
  const whole = sse([{ type: "response.created" }, { type: "response.output_text.delta", delta: "half" }]);
  await using server = await replyServer({ headers: { "content-type": "text/event-stream" }, body: whole });
  expect(await failureOf(collect(fromOpenAI(clientAt(server.url), { deployment: "d" })))).toMatchObject({ code: "service" });
});

interface Recording {
  readonly request: { readonly path: string; readonly method: string };
  readonly response: { readonly status: number; readonly body?: Json; readonly sse?: string };
}

/** What the package makes of an answer. */
interface Said {
  text: string;
  calls: readonly (readonly [string, string, string])[];
  usage: readonly [number, number] | undefined;
}

async function packageOnChat(client: OpenAI, streamed: boolean): Promise<Said> {
  const request = { model: "d", messages: [{ role: "user" as const, content: "hello" }] };
  if (!streamed) {
    const { choices, usage } = await client.chat.completions.create(request);
    const calls = (choices[0]?.message?.tool_calls ?? []).map((call) =>
      call.type === "function" ? ([call.id, call.function.name, call.function.arguments] as const) : (["", "", ""] as const),
    );
    return {
      text: choices[0]?.message?.content ?? "",
      calls,
      usage: usage ? [usage.prompt_tokens, usage.completion_tokens] : undefined,
    };
  }
  const said: Said = { text: "", calls: [], usage: undefined };
  const calls: [string, string, string][] = [];
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    const delta = chunk.choices[0]?.delta;
    said.text += delta?.content ?? "";
    for (const part of delta?.tool_calls ?? []) {
      calls[part.index] ??= ["", "", ""];
      const call = calls[part.index]!;
      call[0] ||= part.id ?? "";
      call[1] ||= part.function?.name ?? "";
      call[2] += part.function?.arguments ?? "";
    }
    if (chunk.usage) said.usage = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens];
  }
  return { ...said, calls };
}

async function packageOnResponses(client: OpenAI, streamed: boolean): Promise<Said> {
  const request = { model: "d", input: "hello" };
  let response = streamed ? undefined : await client.responses.create(request);
  let text = response?.output_text ?? "";
  if (streamed) {
    for await (const event of await client.responses.create({ ...request, stream: true })) {
      if (event.type === "response.output_text.delta") text += event.delta;
      if (event.type === "response.completed" || event.type === "response.incomplete") response = event.response;
    }
  }
  const calls = (response?.output ?? []).flatMap((item) =>
    item.type === "function_call" ? [[item.call_id, item.name, item.arguments] as const] : [],
  );
  return { text, calls, usage: response?.usage ? [response.usage.input_tokens, response.usage.output_tokens] : undefined };
}

const folder = shared("data/azure-recordings");
const read = (name: string): Recording => JSON.parse(readFileSync(join(folder!, name), "utf8")) as Recording;

/** The package takes an error in a 200 and a null body for answers, and background work for finished: there it is no judge. */
function isJudge(name: string): boolean {
  const { request, response } = read(name);
  if (response.status !== 200 || request.method === "GET") return false;
  const body = JSON.stringify(response.body ?? null);
  return (
    response.sse !== undefined ||
    !(body === "null" || body.startsWith('{"error"') || /"status":"(queued|in_progress)"/.test(body))
  );
}

const names =
  folder === undefined
    ? []
    : readdirSync(folder).filter((name) => /^(azure|openai)-(chat|responses)-/.test(name) && isJudge(name));

describe.skipIf(folder === undefined)("the openai package and we read recordings alike, where it reads them at all", () => {
  test.each(names)("%s", async (name) => {
    const { request, response } = read(name);
    const api = request.path.includes("/chat/completions") ? "chat" : "responses";
    const streamed = response.sse !== undefined;
    const headers = { "content-type": streamed ? "text/event-stream" : "application/json" };
    await using server = await replyServer({ headers, body: response.sse ?? JSON.stringify(response.body) });
    const theirs = await (api === "chat" ? packageOnChat : packageOnResponses)(clientAt(server.url), streamed);
    const ours = await collect(modelAt(server.url, { api }));
    expect(ours.text).toBe(theirs.text);
    expect(ours.calls.map((call) => [call.id, call.name, call.arguments])).toEqual(theirs.calls);
    if (theirs.usage !== undefined) expect([ours.usage?.inputTokens, ours.usage?.outputTokens]).toEqual(theirs.usage);
  });
});

import { connect } from "node:net";
import type { JsonObject } from "../../src/core/json.ts";
import { handshake, modernMeta } from "./stdio-client.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** Posts one 2026-07-28 request with the headers that belong to it. Header values of `extra` win; undefined takes one away. */
export async function askModern(
  url: string,
  method: string,
  params: JsonObject = {},
  extra: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const name = params.name ?? params.uri;
  const headers = {
    ...json,
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...(typeof name === "string" ? { "mcp-name": name } : {}),
    ...extra,
  };
  return post(url, { id: 1, method, params: { _meta: modernMeta, ...params } }, headers);
}

export async function post(
  url: string,
  message: JsonObject,
  headers: Readonly<Record<string, string | undefined>> = json,
): Promise<Answer> {
  const sent = Object.fromEntries(Object.entries({ ...json, ...headers }).filter(([, value]) => value !== undefined));
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  return read(await fetch(url, { method: "POST", headers: sent as Record<string, string>, body }));
}

/** The last message of a JSON or event stream answer; `{}` for an empty one. */
export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isStream = response.headers.get("content-type")?.includes("event-stream") === true;
  const events = isStream ? eventsOf(text) : [];
  const body = isStream ? (events.at(-1) ?? {}) : text === "" ? {} : (JSON.parse(text) as JsonObject);
  return { status: response.status, headers: response.headers, body };
}

/** The messages in a piece of event stream. */
export function eventsOf(text: string): JsonObject[] {
  return [...text.matchAll(/^data: (\{.*)$/gm)].map((match) => JSON.parse(match[1]!) as JsonObject);
}

/** Opens a legacy session; gives the headers its requests carry. */
export async function openSession(
  url: string,
  extra: Readonly<Record<string, string>> = {},
  capabilities: JsonObject = {},
): Promise<Record<string, string>> {
  const answer = await post(url, { id: 0, method: "initialize", params: { ...handshake, capabilities } }, extra);
  const id = answer.headers.get("mcp-session-id");
  if (id === null) throw new Error(`no session: ${JSON.stringify(answer.body)}`);
  const headers = { ...extra, "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" };
  await post(url, { method: "notifications/initialized" }, headers);
  return headers;
}

/** Sends bytes over a bare socket and collects what comes back until the server closes, or `until` is seen. */
export function rawRequest(port: number, bytes: string | Buffer, until = /$^/): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (until.test(received)) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });
}

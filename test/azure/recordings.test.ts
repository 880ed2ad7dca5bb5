import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { shared } from "../support/shared.ts";
import { type Answer, replyServer } from "./reply-server.ts";
import { collect, modelAt } from "./support.ts";

interface Recording {
  readonly request: { readonly path: string; readonly method: string };
  readonly response: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: Json;
    readonly sse?: string;
  };
}

const folder = shared("data/azure-recordings");
const names =
  folder === undefined ? [] : readdirSync(folder).filter((name) => /^(azure|openai)-(chat|responses)-sse-/.test(name));

function read(name: string): Recording {
  return JSON.parse(readFileSync(join(folder!, name), "utf8")) as Recording;
}

function apiOf(recording: Recording): "chat" | "responses" {
  return recording.request.path.includes("/chat/completions") ? "chat" : "responses";
}

describe.skipIf(folder === undefined)("recorded streams", () => {
  test.each(names)("%s reads the same whole and cut into small pieces", async (name) => {
    const recording = read(name);
    const answer: Answer = { status: 200, headers: { "content-type": "text/event-stream" }, body: recording.response.sse ?? "" };
    // Small enough to cut every line and character, large enough for the longest recording not to take seconds.
    const pieceBytes = Math.max(1 + (name.length % 7), Math.ceil((answer.body?.length ?? 0) / 3000));
    await using server = await replyServer(answer, { ...answer, pieceBytes });
    const model = modelAt(server.url, { api: apiOf(recording) });
    const whole = await collect(model);
    const chopped = await collect(model);
    expect(chopped.text).toBe(whole.text);
    expect(chopped.calls).toEqual(whole.calls);
    expect(chopped.finish).toBe(whole.finish);
    expect(whole.finish).toBeDefined();
  });
});

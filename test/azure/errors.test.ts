import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ErrorContext } from "../../src/azure/error-reply.ts";
import { classifyHttpError } from "../../src/azure/errors.ts";
import type { LecternError } from "../../src/core/errors.ts";
import { isLecternError } from "../../src/core/errors.ts";
import { shared } from "../support/shared.ts";
import { replyServer } from "./reply-server.ts";
import { collect, failureOf, modelAt, sse } from "./support.ts";

const context: ErrorContext = {
  api: "responses",
  host: "contoso.openai.azure.com",
  deployment: "gpt-x",
  auth: "api_key",
  resource: "contoso",
  path: "/openai/v1/responses",
};

function classify(
  status: number,
  body: object | string,
  some: Partial<ErrorContext> & { headers?: Record<string, string> } = {},
) {
  const { headers = {}, ...rest } = some;
  return classifyHttpError(
    { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) },
    { ...context, ...rest },
  );
}

test("the request id of the service is kept, Azure's own first", () => {
  const headers = { "x-request-id": "other", "apim-request-id": "azure" };
  expect(classify(500, "", { headers }).error.requestId).toBe("azure");
  expect(classify(500, "", { headers: { "x-request-id": "other" } }).error.requestId).toBe("other");
});

test("a wrong key is told from a wrong token, and each says what to do", () => {
  const key = classify(401, {
    error: { code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint." },
  });
  expect([key.error.code, key.remedy]).toEqual(["auth", undefined]);
  expect(key.error.fix).toContain("az cognitiveservices account keys list -n contoso");
  const body = {
    statusCode: 401,
    message:
      "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
  };
  const token = classify(401, body, { auth: "entra" });
  expect([token.error.code, token.remedy]).toEqual(["auth", { kind: "fresh_token" }]);
  expect(token.error.fix).toContain("https://ai.azure.com/.default");
});

test("a missing role names the identity, the role, the data action and the command that grants it", () => {
  const principal = "11111111-2222-3333-4444-555555555555";
  const action = "Microsoft.CognitiveServices/accounts/OpenAI/responses/write";
  const message = `The principal \`${principal}\` lacks the required data action \`${action}\` to perform \`POST /openai/v1/responses\` operation.`;
  const { error } = classify(401, { error: { code: "PermissionDenied", message } }, { auth: "entra" });
  expect(error.message).toContain(principal);
  expect(error.message).toContain(action);
  expect(error.fix).toMatch(
    /^az role assignment create --assignee-object-id 11111111-\S+ .*--role "Cognitive Services OpenAI User" --scope /,
  );
  expect(error.fix).toContain("account show -n contoso");
});

test("a missing deployment is named, with the command that lists them", () => {
  const { error, misconfigured } = classify(404, {
    error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." },
  });
  expect([error.code, misconfigured]).toEqual(["config", true]);
  expect(error.message).toContain('"gpt-x"');
  expect(error.fix).toContain("az cognitiveservices account deployment list -n contoso");
});

test("a throttle says when to come back, and whether it is quota or capacity", () => {
  const quota = classify(429, {
    error: {
      code: "429",
      message: "... have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 22 seconds.",
    },
  });
  expect([quota.error.code, quota.waitMs, quota.retry]).toEqual(["rate_limited", 22_000, "backoff"]);
  const capacity = classify(429, {
    error: { code: "429", message: "The system is currently experiencing high demand. Please retry after 20 seconds." },
  });
  expect(capacity.error.message).toContain("no capacity");
});

test.each([
  ["OpenAI's words", 429, { message: "You exceeded your current quota, please check your plan.", code: "insufficient_quota" }],
  ["a type beside a status as code", 429, { message: "No more.", type: "insufficient_quota", code: "429" }],
  ["a gateway's budget", 400, { message: "ExceededBudget: User over budget. Spend=10.2, Budget=10", type: "budget_exceeded" }],
  ["a payment that is due", 402, { message: "Payment required" }],
] as const)("a quota or budget that is used up is no passing rate limit: %s", (_, status, error) => {
  const failure = classify(status, { error });
  expect([failure.error.code, failure.retry, failure.usedUp, failure.misconfigured]).toEqual([
    "rate_limited",
    "never",
    true,
    undefined,
  ]);
  expect(failure.error.message).toMatch(/^The quota or budget of deployment "gpt-x" on contoso\S+ is used up \(4\d\d\): /);
  expect(failure.error.fix).toMatch(/budget or spending limit/);
});

test("a volume that is used up says when it begins anew", () => {
  const message = "Out of call volume quota. Quota will be replenished in 12:33:10.";
  const { error, usedUp } = classify(403, { statusCode: 403, message });
  expect([error.code, usedUp, error.retryAfterMs]).toEqual(["rate_limited", true, 45_190_000]);
  expect(error.message).toMatch(/It begins anew in 13 h\.$/);
});

test.each([
  ["retry after 22 seconds", 22_000],
  ["try again in 6m30s.", 390_000],
  ["Please try again in 1h2m3s", 3_723_000],
  ["try again in 250ms", 250],
  ["retry after 15 days. To increase", 1_296_000_000],
  ["retry after a while", undefined],
])("the wait that a throttle speaks of is heeded: %s", (message, waitMs) => {
  expect(classify(429, { error: { code: "429", message } }).waitMs).toBe(waitMs);
});

test("a token that is refused is no API key, whatever words the service has for it", () => {
  const body = { error: { code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint." } };
  const { error, remedy } = classify(401, body, { auth: "entra" });
  expect(error.message).toMatch(/refused the access token/);
  expect([error.fix?.includes("keys list"), remedy]).toEqual([false, { kind: "fresh_token" }]);
});

test("a role that is missing is told as that with a 403 too, and a disabled subscription as what it is", () => {
  const role = classify(
    403,
    { error: { code: "PermissionDenied", message: "Principal does not have access." } },
    { auth: "entra" },
  );
  expect(role.error.fix).toMatch(/^az role assignment create /);
  const message = "The subscription 's' is disabled and therefore marked as read only.";
  const disabled = classify(403, { error: { code: "ReadOnlyDisabledSubscription", message } });
  expect(disabled.error.message).toMatch(/^The Azure subscription behind \S+ is disabled/);
});

test("a 404 keeps the service's reason, and a gateway's word for an unknown deployment is known", () => {
  const project = classify(404, { error: { code: "NotFound", message: "Project not found in this hub" } });
  expect(project.error.message).toMatch(/\(404\): Project not found in this hub$/);
  const model = classify(404, { error: { message: "The model `gpt-x` does not exist.", code: "model_not_found" } });
  expect(model.error.message).toMatch(/^There is no deployment "gpt-x"/);
});

test("filtered text is named by category, with or without the inner error", () => {
  const inner = {
    code: "ResponsibleAIPolicyViolation",
    content_filter_result: { jailbreak: { filtered: true, detected: true }, hate: { filtered: false } },
  };
  const full = classify(400, { error: { code: "content_filter", message: "filtered", innererror: inner } }).error;
  expect([full.code, full.details]).toEqual(["content_filtered", { categories: ["jailbreak"], culprit: "prompt" }]);
  expect(full.message).toContain("jailbreak");
  expect(classify(400, { error: { code: "content_filter", message: "filtered" } }).error.code).toBe("content_filtered");
});

test("a body limit on the way is told as that, and not as a conversation that is too long", () => {
  const { error } = classify(413, "<html><title>413 Request Entity Too Large</title></html>");
  expect([error.code, error.message]).toEqual([
    "context_length",
    "The request is larger than contoso.openai.azure.com, or a gateway before it, takes (413).",
  ]);
  expect(error.fix).toContain("client_max_body_size");
});

test("where a dated api-version keeps the wanted API away, leaving it out is the advice", () => {
  const body = {
    error: { code: "x", param: "reasoning_effort", message: "Function tools with reasoning_effort are not supported" },
  };
  const fixAt = (apiVersion?: string) => classify(400, body, { api: "chat", apiVersion }).error.fix;
  expect(fixAt("2024-10-21")).toMatch(/^Leave the api-version 2024-10-21 out/);
  expect(fixAt()).toMatch(/^Use --api responses, or --api auto/);
});

test("a redirect is not followed, and says where it leads", () => {
  const { error, retry } = classify(307, "", { headers: { location: "https://login.corp.example/x?token=abc" } });
  expect([error.code, retry]).toEqual(["config", "never"]);
  expect(error.message).toContain("login.corp.example");
  expect(error.message).not.toContain("abc");
});

interface Reported {
  readonly id: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly sse_events?: readonly object[];
}

const path = shared("data/azure-recordings/reported_errors.json");
const entries = path === undefined ? [] : (JSON.parse(readFileSync(path, "utf8")) as { entries: readonly Reported[] }).entries;

/** The code each row of the wire table must get, by the start of its id. */
const codes: readonly (readonly [string, string])[] = [
  ["401", "auth"],
  ["403", "auth"],
  ["404", "config"],
  ["400-api-version", "config"],
  ["400-context", "context_length"],
  ["400-content-filter", "content_filtered"],
  ["400", "bad_request"],
  ["429", "rate_limited"],
];

describe.skipIf(path === undefined)("errors that users reported", () => {
  test.each(entries.filter((entry) => entry.status >= 400).map((entry) => [entry.id, entry] as const))(
    "%s has its code, a message and a fix",
    (id, entry) => {
      const body = typeof entry.body === "string" ? entry.body : JSON.stringify(entry.body);
      for (const api of ["responses", "chat"] as const) {
        const { error } = classify(entry.status, body, { api, headers: entry.headers ?? {} });
        expect(error.code).toBe(codes.find(([start]) => id.startsWith(start))?.[1]);
        expect(error.fix?.length).toBeGreaterThan(20);
        expect(error.message).not.toMatch(/undefined|\[object/);
      }
    },
  );

  test.each(entries.filter((entry) => entry.id.startsWith("200-sse-throttle")).map((entry) => [entry.id, entry] as const))(
    "%s is a rate limit",
    async (_, entry) => {
      await using server = await replyServer({
        headers: { "content-type": "text/event-stream", "retry-after": "700" },
        body: sse(entry.sse_events ?? []),
      });
      expect(await failureOf(collect(modelAt(server.url)))).toMatchObject({ code: "rate_limited", retryAfterMs: 700_000 });
    },
  );
});

test.each([
  ["whole", (key: string) => key],
  ["with its middle starred out", (key: string) => `${key.slice(0, 14)}****${key.slice(-12)}`],
  ["in capitals", (key: string) => key.toUpperCase()],
  ["as hexadecimal digits", (key: string) => Buffer.from(key).toString("hex")],
  ["in base64 within something longer", (key: string) => Buffer.from(JSON.stringify({ k: key })).toString("base64")],
  ["in the query", (key: string) => `/gateway?subscription-key=${encodeURIComponent(key)}`],
])("an error tells no part of the key that a service sends back %s", async (_, told) => {
  const key = "pL4nted/Key+9f8e7d6c5b4a39281706";
  await using server = await replyServer({ status: 400, body: JSON.stringify({ error: { message: `Bad: ${told(key)}.` } }) });
  const credential = { type: "api_key", key } as const;
  const { message } = (await failureOf(collect(modelAt(server.url, { credential })))) as LecternError;
  const stretches = [told(key).slice(0, 14), told(key).slice(-12), key.slice(4, 14)];
  expect(message).toMatch(/Bad: .*\[redacted\]/);
  for (const stretch of told(key).includes("subscription-key") ? [encodeURIComponent(key)] : stretches)
    expect(message).not.toContain(stretch);
});

test("a key in a gateway's query is not told either", async () => {
  await using server = await replyServer((request) => ({
    status: 400,
    body: JSON.stringify({ error: { message: `Cannot POST ${request.path}` } }),
  }));
  const error = await failureOf(collect(modelAt(server.url, { baseUrl: `${server.url}/gw?k=query-5ecret-value` })));
  expect((error as LecternError).message).toMatch(/Cannot POST \/gw\/responses\?k=\[redacted\]/);
});

test("words and names in the headers of a gateway are no secrets, and a key is one whatever it looks like", async () => {
  const headers = {
    "x-stage": "production",
    "x-route": "contoso-chatbot-europe-2026-07-18",
    "x-accept": "application/vnd.contoso+json",
    "x-key": "8f3b6c1d9e2a4705b8c6d1e3f2a49057",
  };
  const words = "Model contoso-chatbot is not in production; send application/json. Route contoso-chatbot-europe-2026-07-18";
  await using server = await replyServer({
    status: 400,
    body: JSON.stringify({ error: { message: `${words}, keys supersecret and 8f3b6c1d9e2a…` } }),
  });
  const credential = { type: "api_key", key: "supersecret" } as const;
  const { message } = (await failureOf(collect(modelAt(server.url, { headers, credential })))) as LecternError;
  expect(message).toMatch(
    /Model contoso-chatbot is not in production; send application\/json\. Route \[redacted\], keys \[redacted\] and \[redacted\]…$/,
  );
});

test("no error tells the key, whatever the service sends back", async () => {
  const secret = "0123456789abcdef0123456789abcdef";
  await using server = await replyServer((request) => ({
    status: 400,
    body: JSON.stringify({ error: { message: `you sent ${JSON.stringify(request.headers)}` } }),
  }));
  const error = (await failureOf(collect(modelAt(server.url, { credential: { type: "api_key", key: secret } })))) as LecternError;
  expect(isLecternError(error)).toBe(true);
  expect(JSON.stringify([error.message, error.fix, error.details, String(error.cause), error.stack])).not.toContain(secret);
});

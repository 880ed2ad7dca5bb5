import { expect, test } from "vitest";
import { normaliseEndpoint } from "../../src/azure/index.ts";

/** given -> [root, deployment, api-version, whether a notice says what was changed] */
const cases: readonly (readonly [string, string, (string | undefined)?, (string | undefined)?])[] = [
  ["contoso", "https://contoso.openai.azure.com"],
  ["contoso.openai.azure.com", "https://contoso.openai.azure.com"],
  ["https://contoso.openai.azure.com", "https://contoso.openai.azure.com"],
  ['  "https://Contoso.OpenAI.azure.com//"  ', "https://contoso.openai.azure.com"],
  ["https://contoso.openai.azure.com/openai", "https://contoso.openai.azure.com"],
  ["https://contoso.openai.azure.com/openai/", "https://contoso.openai.azure.com"],
  ["https://contoso.openai.azure.com/openai/v1/", "https://contoso.openai.azure.com"],
  ["https://contoso.openai.azure.com/openai/v1/responses?api-version=preview", "https://contoso.openai.azure.com"],
  ["https://contoso.openai.azure.com/openai/v1/?api-version=2024-10-21", "https://contoso.openai.azure.com"],
  [
    "https://contoso.openai.azure.com/openai/deployments/gpt%204o/chat/completions?api-version=2024-10-21",
    "https://contoso.openai.azure.com",
    "gpt 4o",
    "2024-10-21",
  ],
  [
    "https://contoso.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
    "https://contoso.openai.azure.com",
    undefined,
    "2025-04-01-preview",
  ],
  ["https://contoso.services.ai.azure.com/api/projects/team", "https://contoso.services.ai.azure.com"],
  ["https://contoso.services.ai.azure.com/models", "https://contoso.services.ai.azure.com"],
  ["https://contoso.cognitiveservices.azure.com/", "https://contoso.cognitiveservices.azure.com"],
  ["https://contoso.openai.azure.us/openai", "https://contoso.openai.azure.us"],
  ["https://contoso.openai.azure.cn", "https://contoso.openai.azure.cn"],
  ["https://gateway.corp.example/ai/team-a", "https://gateway.corp.example/ai/team-a"],
  ["https://gateway.corp.example/ai/team-a/", "https://gateway.corp.example/ai/team-a"],
  ["https://contoso.azure-api.net/ai/openai/", "https://contoso.azure-api.net/ai"],
  [
    "https://contoso.azure-api.net/ai/openai/deployments/d/chat/completions?api-version=2024-10-21",
    "https://contoso.azure-api.net/ai",
    "d",
    "2024-10-21",
  ],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["localhost:8080", "http://localhost:8080"],
  ["https://openai.azure.com.evil.example/x", "https://openai.azure.com.evil.example/x"],
  ["AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com/", "https://contoso.openai.azure.com"],
  ["export AZURE_OPENAI_ENDPOINT='https://contoso.openai.azure.com'", "https://contoso.openai.azure.com"],
  ["`https://contoso.openai.azure.com`", "https://contoso.openai.azure.com"],
  ["“https://contoso.openai.azure.com”,", "https://contoso.openai.azure.com"],
  ["<https://contoso.openai.azure.com>", "https://contoso.openai.azure.com"],
  ["(https://contoso.openai.azure.com);", "https://contoso.openai.azure.com"],
  ["\u200bhttps://contoso.openai.azure.com\ufeff", "https://contoso.openai.azure.com"],
  ["https:/contoso.openai.azure.com", "https://contoso.openai.azure.com"],
  ["https//contoso.openai.azure.com", "https://contoso.openai.azure.com"],
  ["https://contoso.privatelink.openai.azure.com", "https://contoso.openai.azure.com"],
  [
    "https://contoso.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
    "https://contoso.services.ai.azure.com",
  ],
  ["[::1]:8080", "http://[::1]:8080"],
];

test.each(cases.map(([given, root, ...rest]) => [given, root, rest] as const))(
  "%s becomes %s",
  (given, root, [deployment, apiVersion]) => {
    const endpoint = normaliseEndpoint(given);
    expect([endpoint.root, endpoint.deployment, endpoint.apiVersion]).toEqual([root, deployment, apiVersion]);
    expect(normaliseEndpoint(root)).toMatchObject({ root, notices: [] });
  },
);

test("a notice says what was given and what is used, without the query", () => {
  const { notices } = normaliseEndpoint("https://contoso.openai.azure.com/openai/v1?key=secret");
  expect(notices).toEqual([
    {
      code: "endpoint_normalised",
      message: "You gave https://contoso.openai.azure.com/openai/v1; https://contoso.openai.azure.com is used.",
    },
  ]);
  expect(normaliseEndpoint("https://contoso.openai.azure.com/").notices).toEqual([]);
});

test("cloud, scope and resource derive from the host", () => {
  const facts = (given: string): unknown[] => {
    const { cloud, scope, resource, kind } = normaliseEndpoint(given);
    return [cloud, scope, resource, kind];
  };
  expect(facts("contoso")).toEqual(["public", "https://ai.azure.com/.default", "contoso", "azure"]);
  expect(facts("contoso.openai.azure.us")).toEqual([
    "government",
    "https://cognitiveservices.azure.us/.default",
    "contoso",
    "azure",
  ]);
  expect(facts("contoso.openai.azure.cn")).toEqual(["china", "https://cognitiveservices.azure.cn/.default", "contoso", "azure"]);
  expect(facts("westeurope.api.cognitive.microsoft.com")).toEqual([
    "public",
    "https://ai.azure.com/.default",
    undefined,
    "azure",
  ]);
  expect(facts("https://gateway.corp.example/x")).toEqual(["public", "https://ai.azure.com/.default", undefined, "gateway"]);
});

test.each([
  "",
  "   ",
  "https://",
  "ftp://contoso.openai.azure.com",
  "https://user:hunter22@contoso.openai.azure.com",
  "what is this?",
  "<resource>",
  "https://<resource>.openai.azure.com",
  "https://.openai.azure.com",
  "openai.azure.com",
  "https://portal.azure.com/#@contoso/resource/subscriptions/0",
  "https://ai.azure.com/build/overview?wsid=/subscriptions/0",
  "https://contoso.openai.azure.com/openai/deployments/%E0%A4%A/chat/completions",
  "https://(contoso)/",
])("%j is no endpoint: the error has a fix and repeats no password", (given) => {
  expect(() => normaliseEndpoint(given)).toThrow(
    expect.objectContaining({ code: "config", fix: expect.stringContaining("AZURE_OPENAI_ENDPOINT") }),
  );
  expect(() => normaliseEndpoint(given)).not.toThrow(/hunter22/);
});

test("a key that stands where the endpoint should never becomes a host name, nor part of the message", () => {
  for (const key of ["0123456789abcdef".repeat(2), "A1b2".repeat(21)]) {
    expect(() => normaliseEndpoint(key)).toThrow("The Azure OpenAI endpoint looks like an API key");
    expect(() => normaliseEndpoint(key)).not.toThrow(key);
  }
});

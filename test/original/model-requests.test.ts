import { createServer } from "node:net";
import { expect, test } from "vitest";
import { createAzureModel } from "../../src/azure/index.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { createLectern, type ServedTool } from "../../src/index.ts";
import { type Answer, replyServer } from "../azure/reply-server.ts";
import { errorAnswer, hurriedClock, responsesCall, responsesText } from "../azure/support.ts";
import { lectern as cli } from "../support/cli.ts";
import { testConfig } from "../support/config.ts";
import { collect } from "../support/fakes.ts";

const deployment = "d";
const question = "What time is it?";

/** A clock tool that counts how often it ran. */
function countingTool(): { readonly tool: ServedTool; readonly runs: () => number } {
  let runs = 0;
  const tool: ServedTool = {
    name: "clock",
    description: "Tells the time.",
    inputSchema: { type: "object", properties: {} },
    call: () => {
      runs++;
      return { content: [{ type: "text", text: "It is noon." }] };
    },
  };
  return { tool, runs: () => runs };
}

async function askWith(answers: readonly Answer[], tool: ServedTool) {
  await using service = await replyServer(...answers);
  const credential = { type: "api_key", key: "k" } as const;
  const model = createAzureModel({ endpoint: service.url, deployment, credential, clock: hurriedClock() });
  await using lectern = await createLectern({ config: await testConfig(), model, tools: [tool] });
  const events = await collect(lectern.ask(question)).catch((error: unknown) => error);
  return { events, requests: service.requests.length };
}

test("a failed model request is retried by itself; the tools of the turn are not run again", async () => {
  const { tool, runs } = countingTool();
  const busy = errorAnswer(429, { code: "429", message: "Please retry after 1 seconds." }, { "retry-after": "1" });
  const { events, requests } = await askWith(
    [responsesCall("tools__clock", "{}"), busy, errorAnswer(503, "down"), responsesText("Noon.")],
    tool,
  );
  expect(events).toContainEqual(expect.objectContaining({ type: "done", answer: "Noon." }));
  expect({ requests, runs: runs() }).toEqual({ requests: 4, runs: 1 });
});

test("an identity asks for a token of the documented scope, and the service gets it as a bearer", async () => {
  await using service = await replyServer(responsesText("Hello."));
  const scopes: string[] = [];
  const getToken = async ({ scope }: { readonly scope: string }): Promise<string> => {
    scopes.push(scope);
    return "token-of-the-identity";
  };
  const model = createAzureModel({ endpoint: service.url, deployment, credential: { type: "token", getToken } });
  await collect(model.stream({ messages: [{ role: "user", content: "hi" }], tools: [] }));
  expect(scopes).toEqual(["https://ai.azure.com/.default"]);
  expect(service.requests[0]!.headers).toMatchObject({ authorization: "Bearer token-of-the-identity" });
  expect(service.requests[0]!.headers).not.toHaveProperty("api-key");
});

test("the v1 API is used without an api-version, and a dated one selects the classic URLs", async () => {
  await using azure = await startEmulator();
  const env = {
    AZURE_OPENAI_ENDPOINT: azure.url,
    AZURE_OPENAI_API_KEY: azure.key,
    AZURE_OPENAI_DEPLOYMENT_NAME: "classic",
  };
  expect((await cli(["ask", "--no-tools", "Hello"], { env })).code).toBe(0);
  const dated = ["--api", "chat", "--api-version", "2024-10-21"];
  expect((await cli(["ask", "--no-tools", ...dated, "Hello"], { env })).code).toBe(0);
  expect([azure.requests[0]!.path, azure.requests.at(-1)!.path]).toEqual([
    "/openai/v1/responses",
    "/openai/deployments/classic/chat/completions?api-version=2024-10-21",
  ]);
});

test("no sampling parameters are sent, since reasoning models refuse them", async () => {
  await using azure = await startEmulator();
  const env = {
    AZURE_OPENAI_ENDPOINT: azure.url,
    AZURE_OPENAI_API_KEY: azure.key,
    AZURE_OPENAI_DEPLOYMENT_NAME: "default",
  };
  expect((await cli(["ask", "--no-tools", "Hello"], { env })).code).toBe(0);
  for (const name of ["temperature", "top_p", "max_tokens"]) expect(azure.requests[0]!.body).not.toHaveProperty(name);
});

test("a service that cannot be reached is a network error with a fix, exit code 4", async () => {
  // Accepts connections and drops them: what a firewall or a wrong port looks like.
  const server = createServer((socket) => void socket.on("error", () => {}).destroy());
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const credential = { type: "api_key", key: "k" } as const;
  const model = createAzureModel({ endpoint, deployment, credential, clock: hurriedClock() });
  await using lectern = await createLectern({ config: await testConfig(), model });
  const failure = await collect(lectern.ask("Hello")).catch((error: unknown) => error);
  await new Promise((closed) => server.close(closed));
  expect(failure).toMatchObject({ code: "network", fix: expect.stringMatching(/\S/) });
  expect(exitCodes.network).toBe(4);
});

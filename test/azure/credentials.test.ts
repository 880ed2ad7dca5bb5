import { execFile } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { explainEntraFailure } from "../../src/azure/entra-errors.ts";
import type { GetToken } from "../../src/azure/index.ts";
import { createAzureModel } from "../../src/azure/index.ts";
import type { LecternError } from "../../src/core/errors.ts";
import { replyServer } from "./reply-server.ts";
import { collect, errorAnswer, failureOf, hurriedClock, modelAt, responsesText } from "./support.ts";

const jwt = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
const refused = {
  statusCode: 401,
  message:
    "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
};

test("tokens go as bearer tokens, are kept until shortly before they expire, and are asked for once by many questions", async () => {
  await using server = await replyServer(responsesText("ok"));
  let passed = 0;
  let given = 0;
  const clock = { ...hurriedClock(), now: () => 1_000_000 + passed };
  const getToken: GetToken = async ({ scope }) => ({ token: `t${++given}-${scope}`, expiresOnTimestamp: clock.now() + 600_000 });
  const model = modelAt(server.url, { credential: { type: "token", getToken }, clock });
  await Promise.all(Array.from({ length: 20 }, () => collect(model)));
  passed = 470_000;
  await collect(model);
  expect(given).toBe(1);
  passed = 490_000;
  await collect(model);
  expect(given).toBe(2);
  expect(server.requests[0]?.headers).toMatchObject({ authorization: "Bearer t1-https://ai.azure.com/.default" });
  expect(server.requests[0]?.headers["api-key"]).toBeUndefined();
});

test("after a 401 one fresh token is tried, and no second one", async () => {
  const asked: boolean[] = [];
  const getToken: GetToken = async ({ forceRefresh }) => {
    asked.push(forceRefresh);
    return { token: `t${asked.length}`, expiresOnTimestamp: Date.now() + 3_600_000 };
  };
  const credential = { type: "token" as const, getToken };
  const stale = { status: 401, body: JSON.stringify(refused) };
  await using server = await replyServer((request) =>
    request.headers.authorization === "Bearer t1" ? stale : responsesText("ok"),
  );
  expect(await collect(modelAt(server.url, { credential }))).toMatchObject({ text: "ok", notices: ["fresh_token"] });
  expect(asked).toEqual([false, true]);
  await using always = await replyServer(stale);
  expect(await failureOf(collect(modelAt(always.url, { credential })))).toMatchObject({ code: "auth" });
  expect(always.requests).toHaveLength(2);
});

test("a missing role names the caller by the object id in the token", async () => {
  await using server = await replyServer(
    errorAnswer(401, { code: "PermissionDenied", message: "Principal does not have access to API/Operation." }),
  );
  const getToken: GetToken = async () => jwt({ oid: "0a0a0a0a-1111-2222-3333-444444444444", exp: 4_000_000_000 });
  const error = (await failureOf(collect(modelAt(server.url, { credential: { type: "token", getToken } })))) as LecternError;
  expect(error.fix).toContain("--assignee-object-id 0a0a0a0a-1111-2222-3333-444444444444");
});

test("a credential that never answers is given up after its own deadline", async () => {
  const getToken: GetToken = () => new Promise(() => undefined);
  const { createAuthenticator } = await import("../../src/azure/authenticator.ts");
  const authenticator = createAuthenticator(
    { type: "token", getToken },
    { scope: "s", keyHeader: "api-key", now: Date.now, timeoutMs: 30 },
  );
  const error = await failureOf(authenticator.headers({ stop: new AbortController(), fresh: false }));
  expect(error).toMatchObject({ code: "auth", fix: expect.stringContaining("AZURE_TOKEN_CREDENTIALS") });
});

test("leaving while a token is fetched ends at once, and others still get it", async () => {
  await using server = await replyServer(responsesText("ok"));
  let release = (_: string): void => undefined;
  const getToken: GetToken = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  const model = modelAt(server.url, { credential: { type: "token", getToken } });
  const controller = new AbortController();
  const leaving = failureOf(collect(model, {}, controller.signal));
  const staying = collect(model);
  controller.abort(new Error("left"));
  expect(((await leaving) as Error).message).toBe("left");
  release(jwt({ exp: 4_000_000_000 }));
  expect((await staying).text).toBe("ok");
});

test("an unknown credential name is a configuration error that lists the names", () => {
  expect(() =>
    createAzureModel({ endpoint: "contoso", deployment: "d", credential: { type: "entra", only: "MagicCredential" } }),
  ).toThrow(expect.objectContaining({ code: "config", fix: expect.stringContaining("managedidentitycredential") }));
});

/** As the identity library words a credential that was set up and gave no token. */
function failedAuthentication(details: string): Error {
  const head = "EnvironmentCredential authentication failed. To troubleshoot, visit https://aka.ms/x. Status code: 400";
  return Object.assign(new Error(`${head}\nMore details:\n${details},`), { name: "AuthenticationError" });
}

test("a client secret that is refused, and a sign-in service that is not reached, are told as what they are", () => {
  const described =
    "Error(s): 7000215 - Timestamp: Not Available - Description: AADSTS7000215: Invalid client secret provided. Ensure";
  const secret = explainEntraFailure(failedAuthentication(`invalid_client: ${described}`), { type: "entra" });
  expect([secret.code, secret.message]).toEqual([
    "auth",
    "No access token for Azure OpenAI. Tried EnvironmentCredential: authentication failed: AADSTS7000215: Invalid client secret provided. Ensure. It was configured and refused, so no other credential was tried.",
  ]);
  expect(secret.fix).toContain("AZURE_CLIENT_SECRET");
  const unreached = failedAuthentication("network_error: See https://aka.ms/msal.js.errors#network_error for details");
  const network = explainEntraFailure(unreached, { type: "entra" });
  expect([network.code, network.message]).toEqual([
    "network",
    "No access token for Azure OpenAI. Tried EnvironmentCredential: authentication failed: network_error. It was configured and failed, so no other credential was tried.",
  ]);
  expect(network.fix).toContain("proxy");
});

test("where no credential is available, nobody is told that a sign-in has expired", () => {
  const chain = Object.assign(new Error("ChainedTokenCredential authentication failed."), {
    errors: [new Error("Azure CLI could not be found. Please visit https://aka.ms/azure-cli and authenticate using 'az login'.")],
  });
  expect(explainEntraFailure(chain, { type: "entra" }).fix).toMatch(/^Sign in with az login, or give this host/);
  const signedOut = new Error("Please run 'az login' from a command prompt to authenticate before using this credential.");
  expect(explainEntraFailure(signedOut, { type: "entra" }).fix).toBe("Sign in: az login.");
});

/** Runs one question in a process of its own, since the identity library keeps managed identity tokens for the whole process. */
async function askInOwnProcess(env: Record<string, string>, url: string, credential: object): Promise<Record<string, unknown>> {
  const run = promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, "fixtures/ask-with-entra.ts"), url, JSON.stringify(credential)],
    {
      env: { PATH: "", HOME: "/nonexistent", ...env },
    },
  );
  const { stdout } = await run;
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function tokenServer(
  give: (url: URL, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly port: number; readonly paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    paths.push(`${url.pathname}${url.search} ${request.headers["x-identity-header"] ?? ""}`);
    give(url, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    paths,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

test("a managed identity answers with no key anywhere, through the real identity library", async () => {
  await using tokens = await tokenServer((_, response) => {
    const expires = Math.floor(Date.now() / 1000) + 3600;
    response.end(
      JSON.stringify({
        access_token: jwt({ oid: "me" }),
        expires_on: String(expires),
        resource: "https://ai.azure.com",
        token_type: "Bearer",
      }),
    );
  });
  await using server = await replyServer(responsesText("by identity"));
  const env = { IDENTITY_ENDPOINT: `http://127.0.0.1:${tokens.port}/msi/token`, IDENTITY_HEADER: "secret-header" };
  expect(await askInOwnProcess(env, server.url, { type: "entra" })).toEqual({ text: "by identity" });
  expect(tokens.paths[0]).toContain("resource=https%3A%2F%2Fai.azure.com");
  expect(server.requests[0]?.headers.authorization).toMatch(/^Bearer x\./);
});

test("where no credential gives a token the error lists each that was tried and the next command", async () => {
  await using tokens = await tokenServer((_, response) => {
    const description = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
    response.writeHead(400).end(JSON.stringify({ statusCode: 400, message: description }));
  });
  await using server = await replyServer(responsesText("no"));
  const env = {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${tokens.port}/msi/token`,
    IDENTITY_HEADER: "h",
    AZURE_TOKEN_CREDENTIALS: "prod",
  };
  const { error } = await askInOwnProcess(env, server.url, { type: "entra", clientId: "11111111-1111-1111-1111-111111111111" });
  const { code, message, fix } = error as LecternError;
  expect(code).toBe("auth");
  for (const name of ["EnvironmentCredential: ", "ManagedIdentityCredential: No User Assigned"]) expect(message).toContain(name);
  expect(fix).toContain("assign it, or unset AZURE_CLIENT_ID");
  expect(server.requests).toHaveLength(0);
});

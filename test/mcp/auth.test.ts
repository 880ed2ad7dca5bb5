import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createDiscoveryFetch } from "../../src/mcp/auth/discovery-fetch.ts";
import { createToolbox, identityTokens } from "../../src/mcp/index.ts";
import { shared } from "../support/shared.ts";
import { mcpHandler, type Seen, sendJson, serveHttp } from "./http-server.ts";
import { callTool, textOf } from "./support.ts";

/** An MCP server that wants tokens from an authorization server on the same loopback address; `/token` answers with `valid`. */
async function protectedServer(overrides: { authorizationServer?: string } = {}) {
  const inner = mcpHandler();
  const server = await serveHttp((request: Seen, response) => {
    const { path, headers } = request;
    if (path.startsWith("/.well-known/oauth-protected-resource")) {
      const authorization = overrides.authorizationServer ?? server.url;
      return sendJson(response, 200, { resource: `${server.url}/mcp`, authorization_servers: [authorization] });
    }
    if (path.startsWith("/.well-known/")) {
      return sendJson(response, 200, {
        issuer: server.url,
        authorization_endpoint: `${server.url}/authorize`,
        token_endpoint: `${server.url}/token`,
        response_types_supported: ["code"],
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic"],
      });
    }
    if (path === "/token") return sendJson(response, 200, { access_token: "valid", token_type: "Bearer", expires_in: 60 });
    if (headers.authorization === "Bearer valid") return inner(request, response);
    const challenge = `Bearer resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`;
    response.writeHead(401, { "www-authenticate": challenge }).end();
  });
  return server;
}

test("a registered client signs in by itself and names the server it wants a token for", async () => {
  await using server = await protectedServer();
  const auth = { grant: "client_credentials", clientId: "me", secret: "s3cret", issuer: server.url } as const;
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp`, auth, allowLoopbackSignIn: true } });
  expect(textOf(await callTool(toolbox, "read"))).toBe("read done");
  const [request] = server.seen.filter(({ path }) => path === "/token");
  expect(new URLSearchParams(request?.body).get("resource")).toBe(`${server.url}/mcp`);
});

test("22: the resource is left out of token requests for authorization servers that refuse it", async () => {
  await using server = await protectedServer();
  const auth = {
    grant: "client_credentials",
    clientId: "me",
    secret: "s3cret",
    issuer: server.url,
    sendResource: false,
  } as const;
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp`, auth, allowLoopbackSignIn: true } });
  expect(toolbox.servers()[0]?.state).toBe("ready");
  const [request] = server.seen.filter(({ path }) => path === "/token");
  expect(new URLSearchParams(request?.body).has("resource")).toBe(false);
});

test("a client's secret goes to no other authorization server than the configured one", async () => {
  await using server = await protectedServer();
  const auth = { grant: "client_credentials", clientId: "me", secret: "s3cret", issuer: "https://login.example" } as const;
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp`, auth, allowLoopbackSignIn: true } });
  expect(toolbox.servers()[0]?.state).not.toBe("ready");
  expect(server.seen.filter(({ path }) => path === "/token")).toEqual([]);
});

test("credentials are not sent over an unencrypted connection to another machine", async () => {
  const auth = { token: async () => "t0ken" };
  await using toolbox = await createToolbox({ s: { type: "http", url: "http://mcp.example/mcp", auth } });
  expect(toolbox.servers()[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("unencrypted") });
});

test("requests go through the proxy that the environment names", async () => {
  await using proxy = await serveHttp((_request, response) => void response.writeHead(502).end());
  const baseEnv = { HTTP_PROXY: proxy.url };
  await using toolbox = await createToolbox({ s: { type: "http", url: "http://mcp.example/mcp" } }, { baseEnv });
  expect(toolbox.servers()[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("502") });
  expect(proxy.seen[0]?.headers.host).toBe("mcp.example");
});

test("loopback sign-in is refused unless it was allowed", async () => {
  await using other = await serveHttp((_request, response) => sendJson(response, 200, {}));
  await using server = await protectedServer({ authorizationServer: other.url });
  const auth = { grant: "client_credentials", clientId: "me", secret: "s3cret", issuer: other.url } as const;
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp`, auth } });
  expect(toolbox.servers()[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("must not be asked") });
  expect(other.seen).toEqual([]);
});

test("tokens of the program's own identity are kept until they end, and renewed after a refusal", async () => {
  let issued = 0;
  let time = 0;
  const getToken = async () => ({ token: `t${++issued}`, expiresOnTimestamp: time + 3_600_000 });
  const tokens = identityTokens({ getToken, scope: "api://kb/.default", now: () => time });
  expect(await Promise.all([tokens.token(), tokens.token()])).toEqual(["t1", "t1"]);
  time = 3_400_000;
  expect(await tokens.token()).toBe("t2");
  await tokens.onUnauthorized?.();
  expect(await tokens.token()).toBe("t3");
});

test("a refused token is replaced once; then the server is said to need a sign-in", async () => {
  let valid = "second";
  await using server = await serveHttp((request, response) => {
    if (request.headers.authorization === `Bearer ${valid}`) return mcpHandler({ sessions: new Set(["s"]) })(request, response);
    response.writeHead(401).end();
  });
  const given = ["first", "second", "third", "fourth"];
  let held: string | undefined;
  const auth = {
    token: async () => {
      held ??= given.shift();
      return held;
    },
    onUnauthorized: async () => {
      held = undefined;
    },
  };
  valid = "none";
  await using toolbox = await createToolbox({ s: { type: "http", url: `${server.url}/mcp`, auth } });
  expect(toolbox.servers()[0]?.state).toBe("needs_sign_in");
  expect(given).toEqual(["third", "fourth"]);
});

/** Addresses only in documentation ranges or loopback come out; nothing is connected to. */
const resolvesTo = (address: string) => ({
  serverUrl: "https://mcp.example/mcp",
  resolve: (_name: string, _options: object, done: (error: null, found: { address: string; family: number }[]) => void) =>
    done(null, [{ address, family: address.includes(":") ? 6 : 4 }]),
});

test.each(["127.0.0.1", "10.1.2.3", "169.254.169.254", "168.63.129.16", "::1", "fd00::1", "64:ff9b::7f00:1", "::ffff:10.0.0.1"])(
  "a name that leads to %s is not connected to",
  async (address) => {
    await expect(createDiscoveryFetch(resolvesTo(address))("https://login.example/token")).rejects.toThrow("not public");
  },
);

const attacks = shared("data/security/ssrf-urls.jsonl");
test.skipIf(attacks === undefined)("none of the known ways to reach inside addresses is connected to", async () => {
  const discover = createDiscoveryFetch(resolvesTo("127.0.0.1"));
  const urls = readFileSync(attacks!, "utf8")
    .trim()
    .split("\n")
    .map((line): string => JSON.parse(line).text);
  for (const url of urls.flatMap((text) => [text, text.replace(/^http:/, "https:")])) {
    const outcome = await discover(url).then(
      () => "connected",
      (error: NodeJS.ErrnoException) => error.code ?? error.name,
    );
    expect([url.slice(0, 80), outcome]).toEqual([url.slice(0, 80), expect.stringMatching(/^(auth|EBLOCKED|ERR_INVALID_URL)$/)]);
  }
});

/**
 * The client the official conformance suite drives: every scenario goes through our own host (createToolbox), nothing talks to the engine directly.
 * The suite appends the server's URL and says in MCP_CONFORMANCE_SCENARIO which scenario runs, in MCP_CONFORMANCE_CONTEXT what it needs.
 */
import { createToolbox, type HttpAuth, type McpToolbox, type SignIn } from "../../src/mcp/index.ts";

const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? "";
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
const url = process.argv.at(-1)!;
const log = (...words: unknown[]): void => console.error(scenario, ...words);

/** A person who agrees at once: opens the address and comes back with what the authorization server answered. */
function signIn(registered?: { client_id: string; client_secret?: string; issuer?: string }): SignIn {
  const held: Record<string, any> = registered ? { client: registered } : {};
  let cameBack: URLSearchParams | undefined;
  return {
    provider: {
      redirectUrl: "http://127.0.0.1:1/callback",
      clientMetadataUrl: "https://conformance-test.local/client-metadata.json",
      clientMetadata: {
        client_name: "lectern",
        redirect_uris: ["http://127.0.0.1:1/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        application_type: "native",
      },
      clientInformation: () => held.client,
      saveClientInformation: (client) => void (held.client = client),
      tokens: () => held.tokens,
      // What was discovered holds for one sign-in: at the next, the server may name another authorization server.
      saveTokens: (tokens) => {
        held.tokens = tokens;
        held.discovery = undefined;
      },
      saveCodeVerifier: (verifier) => void (held.verifier = verifier),
      codeVerifier: () => held.verifier,
      discoveryState: () => held.discovery,
      saveDiscoveryState: (state) => void (held.discovery = state),
      invalidateCredentials: (what) => {
        if (what === "all" || what === "client") held.client = undefined;
        if (what === "all" || what === "tokens") held.tokens = undefined;
        if (what === "all" || what === "discovery") held.discovery = undefined;
      },
      redirectToAuthorization: async (address) => {
        const answer = await fetch(address, { redirect: "manual" });
        const location = answer.headers.get("location");
        if (location === null) throw new Error(`no redirect from ${address.pathname}: ${answer.status}`);
        cameBack = new URL(location).searchParams;
      },
      ...(scenario.startsWith("auth/dpop") && { dpop: () => (held.dpop ??= import("@modelcontextprotocol/client").then((sdk) => sdk.DpopSession.create())) }),
    },
    callback: async () => {
      if (cameBack === undefined) throw new Error("nobody was asked to sign in");
      return cameBack;
    },
  };
}

async function authFor(): Promise<HttpAuth | undefined> {
  switch (scenario) {
    case "auth/client-credentials-basic":
      return { grant: "client_credentials", clientId: context.client_id, secret: context.client_secret };
    case "auth/client-credentials-jwt":
      return { grant: "client_credentials", clientId: context.client_id, privateKey: { pem: context.private_key_pem, algorithm: context.signing_algorithm ?? "ES256" } };
    case "auth/wif-jwt-bearer":
      return { grant: "client_credentials", clientId: context.client_id, assertion: async () => context.valid_jwt };
    case "auth/enterprise-managed-authorization": {
      const sdk = await import("@modelcontextprotocol/client");
      const provider = new sdk.CrossAppAccessProvider({
        clientId: context.client_id,
        clientSecret: context.client_secret,
        assertion: async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
          const grant = await sdk.requestJwtAuthorizationGrant({
            tokenEndpoint: context.idp_token_endpoint,
            audience: authorizationServerUrl,
            resource: resourceUrl,
            idToken: context.idp_id_token,
            clientId: context.idp_client_id,
            ...(scope !== undefined && { scope }),
            fetchFn,
          });
          return grant.jwtAuthGrant;
        },
      });
      return { provider, callback: () => Promise.reject(new Error("there is no person")) };
    }
    case "auth/pre-registration":
    case "auth/authorization-server-migration":
      return signIn(context.client_id ? { client_id: context.client_id, client_secret: context.client_secret, ...(context.issuer && { issuer: context.issuer }) } : undefined);
    default:
      return scenario.startsWith("auth/") ? signIn() : undefined;
  }
}

async function call(toolbox: McpToolbox, tool: string, args: object): Promise<string> {
  const found = toolbox.tools().find((entry) => entry.tool === tool);
  if (found === undefined) throw new Error(`no tool ${tool}; offered: ${toolbox.tools().map((entry) => entry.tool)}`);
  const result = await toolbox.call({ id: "c1", name: found.name, arguments: JSON.stringify(args) });
  const text = result.content.map((block) => ("text" in block ? block.text : block.type)).join(" ");
  log(tool, result.isError ? "failed:" : "answered:", text.slice(0, 300));
  return text;
}

async function run(toolbox: McpToolbox): Promise<void> {
  const names = toolbox.tools().map((tool) => tool.tool);
  log("tools:", names.join(", "));
  if (scenario === "tools_call") await call(toolbox, "add_numbers", { a: 5, b: 3 });
  else if (scenario === "http-custom-headers") for (const { name, arguments: args } of context.toolCalls) await call(toolbox, name, args);
  else if (scenario === "json-schema-2020-12-preservation") {
    const { inputSchema } = toolbox.tools().find((entry) => entry.tool === "json_schema_2020_12_tool")!;
    await call(toolbox, "json_schema_echo", { schema: inputSchema, inputSchema });
  } else if (scenario === "sep-2322-client-request-state") {
    await Promise.all([call(toolbox, "test_mrtr_echo_state", {}), call(toolbox, "test_mrtr_unrelated", {})]);
    await call(toolbox, "test_mrtr_no_state", {});
    await call(toolbox, "test_mrtr_no_result_type", {});
  } else for (const name of names) await call(toolbox, name, {});
}

const auth = await authFor();
await using toolbox = await createToolbox(
  { conformance: { type: "http", url, ...(auth && { auth, allowLoopbackSignIn: true }) } },
  {
    baseEnv: {},
    // The suite runs all scenarios at the same time: on a small machine everything is slow.
    connectTimeoutMs: 80_000,
    maxRestarts: 0,
    onEvent: (event) => log(JSON.stringify(event)),
    elicit: async (question) => ({ action: "accept", content: question.kind === "form" && scenario.startsWith("sep-2322") ? { confirmed: true } : {} }),
  },
);
const [server] = toolbox.servers();
if (server?.state === "failed" || server?.state === "needs_sign_in") {
  log("not connected:", server.reason);
  process.exitCode = 1;
} else await run(toolbox);

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Caller, ServedTool } from "../../src/core/served-tools.ts";
import { trustedIssuer } from "../../src/serve/auth/issuers.ts";
import type { OfferedTool } from "../../src/serve/offer.ts";
import { type HttpServing, type ServeToolsOptions, serveTools } from "../../src/serve/serve-tools.ts";
import { toyApp } from "../support/toy-app.ts";
import { audience, fakeIssuer, tenant } from "./fake-issuer.ts";
import { type Answer, askModern, openSession, post } from "./http-client.ts";

const whoAmI: ServedTool = {
  name: "who",
  description: "Says who is calling.",
  inputSchema: { type: "object", properties: {} },
  call: (_args, { caller }) => ({ content: [{ type: "text", text: JSON.stringify(caller) }] }),
};
const guarded: OfferedTool = { ...whoAmI, name: "guarded", scopes: ["Kb.Admin"] };

let issuer: Awaited<ReturnType<typeof fakeIssuer>>;
let serving: HttpServing;
const serve = (extra: Partial<ServeToolsOptions> = {}): Promise<HttpServing> =>
  serveTools({
    server: { ...toyApp(), tools: [whoAmI, guarded] },
    auth: { type: "oidc", issuer: issuer.issuer, jwks: issuer.jwks, audience, scope: "Kb.Read" },
    ...extra,
  });
beforeAll(async () => {
  issuer = await fakeIssuer();
  serving = await serve();
});
afterAll(async () => {
  await serving.close();
  await issuer.close();
});

const ask = async (token: string | undefined, tool = "who", url = serving.url): Promise<Answer> =>
  askModern(url, "tools/call", { name: tool }, token === undefined ? {} : { authorization: `Bearer ${token}` });

async function callerOf(claims: Readonly<Record<string, unknown>>): Promise<Caller> {
  const { body } = await ask(await issuer.token(claims));
  return JSON.parse((body.result as { content: { text: string }[] }).content[0]!.text) as Caller;
}

test("a good token's person, groups, roles and scopes reach the tool", async () => {
  expect(await callerOf({ groups: ["hr"], roles: ["Kb.Editor"] })).toEqual({
    subject: "alice",
    groups: ["hr", "Kb.Editor"],
    scopes: ["Kb.Read", "Kb.Other", "Kb.Editor"],
  });
});

test("a token with more groups than it can name is in none of them", async () => {
  expect((await callerOf({ groups: ["hr"], _claim_names: { groups: "src1" } })).groups).toEqual([]);
  expect((await callerOf({ groups: ["hr"], hasgroups: true })).groups).toEqual([]);
});

test("an application's token counts by its role", async () => {
  expect(await callerOf({ scp: undefined, roles: ["Kb.Read"] })).toMatchObject({ scopes: ["Kb.Read"] });
});

test("without a token the answer says where to get one and for what", async () => {
  const { status, headers } = await ask(undefined);
  expect(status).toBe(401);
  const challenge = headers.get("www-authenticate") ?? "";
  expect(challenge).toContain(`resource_metadata="${new URL("/.well-known/oauth-protected-resource/mcp", serving.url)}"`);
  expect(challenge).toContain(`scope="${audience}/Kb.Read"`);
  expect(challenge).not.toContain("error=");
});

test("the protected resource metadata is found at both places, without a token", async () => {
  for (const path of ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"]) {
    const response = await fetch(new URL(path, serving.url));
    expect(await response.json()).toEqual({
      resource: serving.url,
      authorization_servers: [issuer.issuer],
      scopes_supported: [`${audience}/Kb.Read`],
      bearer_methods_supported: ["header"],
    });
  }
});

const hours = 3600;
test.each<[string, (now: number) => Record<string, unknown>, Record<string, unknown>?]>([
  ["from another issuer", () => ({ iss: "https://evil.example" })],
  ["from the common issuer", () => ({ iss: "https://login.microsoftonline.com/common/v2.0" })],
  ["for another audience", () => ({ aud: "api://other" })],
  ["for a list without us", () => ({ aud: ["api://other"] })],
  ["of another directory", () => ({ tid: "99999999-4a5e-4f60-8a71-92b3c4d5e6f7" })],
  ["that has expired", (now) => ({ exp: now - 120 })],
  ["that never expires", () => ({ exp: undefined })],
  ["that expires in years", (now) => ({ exp: now + 9000 * hours })],
  ["that was issued to last for days", (now) => ({ iat: now - 90 * hours, exp: now + hours })],
  ["of the future", (now) => ({ nbf: now + hours, iat: now + hours })],
  ["of nobody", () => ({ oid: undefined, sub: undefined })],
  ["that is a security event", () => ({}), { typ: "secevent+jwt" }],
  ["with an extension we do not know", () => ({}), { crit: ["x"], x: 1 }],
])("a token %s is refused", async (_what, claims, header) => {
  const token = await issuer.token(claims(issuer.now()), header).catch(() => "a.b.c");
  const { status, headers, body } = await ask(token);
  expect(status).toBe(401);
  expect(headers.get("www-authenticate")).toContain('error="invalid_token"');
  expect(JSON.stringify(body)).not.toContain(token.slice(0, 30));
});

test("a token signed by somebody else under our key's name is refused", async () => {
  const forger = await fakeIssuer();
  const token = await forger.token({ iss: issuer.issuer });
  await forger.close();
  expect((await ask(token)).status).toBe(401);
});

test.each([
  ["without scopes or roles", { scp: undefined }],
  ["with a scope that only begins alike", { scp: "Kb.ReadAll" }],
  ["with its role as a bare text", { scp: undefined, roles: "Kb.Read" }],
])("a good token %s may not call, and learns what it lacks", async (_what, claims) => {
  const { status, headers } = await ask(await issuer.token(claims));
  expect(status).toBe(403);
  expect(headers.get("www-authenticate")).toContain('error="insufficient_scope"');
});

test("a tool that asks for a further scope gets it or says which", async () => {
  const lacking = await ask(await issuer.token(), "guarded");
  expect([lacking.status, lacking.headers.get("www-authenticate")]).toEqual([
    403,
    'Bearer error="insufficient_scope", scope="Kb.Admin"',
  ]);
  expect((await ask(await issuer.token({ scp: "Kb.Read Kb.Admin" }), "guarded")).status).toBe(200);
});

test.each(["Basic YTpi", "Bearer", "Bearer x, Bearer y", "DPoP x", "x"])(
  "the Authorization %j opens nothing",
  async (authorization) => {
    expect((await askModern(serving.url, "tools/list", {}, { authorization })).status).toBe(401);
  },
);

test("a token in the address or a cookie opens nothing", async () => {
  const token = await issuer.token();
  expect((await askModern(`${serving.url}?access_token=${token}`, "tools/list")).status).toBe(401);
  expect((await askModern(serving.url, "tools/list", {}, { cookie: `access_token=${token}` })).status).toBe(401);
});

test("one person's session is closed to another", async () => {
  const alice = { authorization: `Bearer ${await issuer.token()}` };
  const bob = { authorization: `Bearer ${await issuer.token({ oid: "bob" })}` };
  const session = await openSession(serving.url, alice);
  expect((await post(serving.url, { id: 1, method: "tools/list" }, session)).status).toBe(200);
  expect((await post(serving.url, { id: 1, method: "tools/list" }, { ...session, ...bob })).status).toBe(404);
  expect((await fetch(serving.url, { method: "DELETE", headers: { ...session, ...bob } })).status).toBe(404);
});

test("unknown keys make the server look for new ones once in a while, not every time; then a new key counts", async () => {
  await using fresh = await serve();
  expect((await ask(await issuer.token(), "who", fresh.url)).status).toBe(200);
  const before = issuer.seen.keys;
  const stranger = await fakeIssuer();
  for (let count = 0; count < 20; count++) {
    const token = await stranger.token({ iss: issuer.issuer }, { kid: `unknown-${count}` });
    expect((await ask(token, "who", fresh.url)).status).toBe(401);
  }
  await stranger.close();
  expect(issuer.seen.keys - before).toBe(0);
  await issuer.rotate();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
  try {
    expect((await ask(await issuer.token(), "who", fresh.url)).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
  expect(issuer.seen.keys - before).toBe(1);
});

test("a key that the issuer withdrew is good for a minute and a half at most", async () => {
  const own = await fakeIssuer();
  const auth = { type: "oidc", issuer: own.issuer, jwks: own.jwks, audience } as const;
  await using fresh = await serveTools({ server: toyApp(), auth });
  const token = await own.token();
  expect((await ask(token, "who", fresh.url)).status).toBe(200);
  await own.withdraw();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 90_000 });
  try {
    expect((await ask(token, "who", fresh.url)).status).toBe(401);
  } finally {
    vi.useRealTimers();
    await own.close();
  }
});

test("keys are found through the issuer's discovery document, and an issuer that is down is not the bearer's fault", async () => {
  const auth = { type: "oidc", issuer: issuer.issuer, audience } as const;
  issuer.state.down = true;
  await using early = await serve({ auth });
  expect((await ask(await issuer.token(), "who", early.url)).status).toBe(503);
  issuer.state.down = false;
  await using later = await serve({ auth });
  expect((await ask(await issuer.token(), "who", later.url)).status).toBe(200);
});

test("the last word of the program that serves is heard", async () => {
  const access = ({ subject, ...rest }: Caller): Caller | undefined =>
    subject === "bob" ? undefined : { subject: `known-${subject}`, ...rest };
  await using strict = await serve({ access });
  expect((await ask(await issuer.token({ oid: "bob" }), "who", strict.url)).status).toBe(403);
  expect(JSON.stringify((await ask(await issuer.token(), "who", strict.url)).body)).toContain("known-alice");
});

test("23: Entra's two issuers and the two forms of an application's name stand for each other, and for nobody else's", () => {
  const v2 = `https://login.microsoftonline.com/${tenant}/v2.0`;
  const trusted = trustedIssuer({ issuer: v2, audience: `api://${tenant}` });
  expect(trusted.issuers).toEqual([v2, `https://sts.windows.net/${tenant}/`]);
  expect(trusted.audiences).toEqual([tenant, `api://${tenant}`]);
  expect([trusted.tenant, trusted.tenantRequired]).toEqual([tenant, true]);
  expect(trustedIssuer({ issuer: "https://idp.example", audience: "kb" })).toMatchObject({
    issuers: ["https://idp.example"],
    audiences: ["kb"],
    tenant: undefined,
    tenantRequired: false,
  });
});

test.each(["http://idp.example", "ftp://127.0.0.1", "not a url"])("the issuer %j could not protect anything", (url) => {
  expect(() => trustedIssuer({ issuer: url, audience: "kb" })).toThrow(/https/);
});

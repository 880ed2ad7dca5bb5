import { parseArgs } from "node:util";
import type { AuthOptions } from "../../src/serve/auth/open-auth.ts";
import { serveTools } from "../../src/serve/serve-tools.ts";
import { toyApp } from "./toy-app.ts";

// Serves the toy app over HTTP for black-box drivers, with the flags of `lectern knowledge serve`:
// node test/support/serve-toy.ts --http 127.0.0.1:3000 --auth oidc --issuer URL --jwks URL --audience A --scope S
const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    http: { type: "string", default: "127.0.0.1:0" },
    auth: { type: "string", default: "none" },
    issuer: text,
    jwks: text,
    audience: text,
    scope: text,
    tenant: text,
    "token-file": text,
  },
});
const { http, auth: type, issuer = "", audience = "", jwks, scope, tenant, "token-file": tokenFile } = values;
const optional = { ...(jwks && { jwks }), ...(scope && { scope }), ...(tenant && { tenant }) };
const choices: Record<string, AuthOptions> = {
  none: { type: "none" },
  token: { type: "token", ...(tokenFile && { tokenFile }) },
  oidc: { type: "oidc", issuer, audience, ...optional },
};
const cut = http.lastIndexOf(":");
const serving = await serveTools({
  server: toyApp(),
  http: { host: http.slice(0, cut), port: Number(http.slice(cut + 1)) },
  auth: choices[type]!,
});
process.stderr.write(`${JSON.stringify({ ready: true, url: serving.url })}\n`);
process.once("SIGTERM", () => void serving.close());

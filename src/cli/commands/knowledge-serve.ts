import { LecternError } from "../../core/errors.ts";
import type { Args, Command } from "../command.ts";
import { knowledgeConfig, knowledgeOptions } from "../knowledge.ts";

export const knowledgeServe: Command = {
  name: "knowledge serve",
  summary: "Serve a knowledge base to any MCP client, over stdio or HTTP.",
  usage: "--source PATH [FLAGS]",
  examples: [
    ["lectern knowledge serve --source ./handbook", "Over stdio: put this command into any MCP client's configuration."],
    [
      "lectern knowledge serve --source ./handbook --http 127.0.0.1:8050",
      "Over HTTP: /mcp (Streamable HTTP), /sse (older clients), /healthz, /readyz.",
    ],
  ],
  options: [
    ...knowledgeOptions,
    { name: "http", type: "string", value: "HOST:PORT", summary: "Serve over HTTP in place of stdio; port 0 picks a free one." },
    {
      name: "openai-compatible",
      type: "boolean",
      summary: "Also offer search and fetch in the shape that ChatGPT connectors expect.",
    },
    { name: "auth", type: "string", value: "HOW", summary: "none (loopback only), token or oidc." },
    { name: "token-file", type: "string", value: "F", summary: "With --auth token: the file that holds the bearer token." },
    { name: "issuer", type: "string", value: "URL", summary: "With --auth oidc: the token issuer." },
    {
      name: "jwks",
      type: "string",
      value: "URL",
      summary: "Its signing keys; found through the issuer's metadata where absent.",
    },
    { name: "audience", type: "string", value: "A", summary: "The audience a token must be for." },
    { name: "scope", type: "string", value: "S", summary: "The scope or role a token must hold." },
    { name: "tenant", type: "string", value: "T", summary: "The Entra tenant a token must come from." },
    {
      name: "public-url",
      type: "string",
      value: "URL",
      summary: "With --auth oidc behind a proxy: the address clients reach it by, for the sign-in metadata.",
    },
    {
      name: "allowed-host",
      type: "string",
      value: "H",
      multiple: true,
      summary: "Host names the server answers to, beside loopback.",
    },
  ],
  async run(args, io) {
    checkSignIn(args);
    const config = await knowledgeConfig(args, io);
    const { serveKnowledge } = await import("../../app/knowledge-server.ts");
    const http = args.string("http");
    if (http === undefined && io.stdin.isTTY)
      io.stderr.write(
        "Serving over standard input and output: an MCP client starts this command by itself. Over HTTP: --http 127.0.0.1:8050. Ctrl-C ends.\n",
      );
    return serveKnowledge({
      config,
      groups: args.strings("as-group"),
      openaiCompatible: args.flag("openai-compatible"),
      signal: io.signal,
      stderr: io.stderr,
      ...(http === undefined ? {} : { http: { listen: http, values: args.values, allowedHosts: args.strings("allowed-host") } }),
    });
  },
};

/** Flags that mean something only with another one, and which: left out by mistake, a server would stand open. */
const needs: readonly (readonly [flag: string, auth: readonly string[]])[] = [
  ["token-file", ["token"]],
  ["issuer", ["oidc"]],
  ["jwks", ["oidc"]],
  ["audience", ["oidc"]],
  ["scope", ["token", "oidc"]],
  ["tenant", ["oidc"]],
  ["public-url", ["oidc"]],
];

/** Throws `usage` for sign-in flags that would be ignored: a server whose owner believes it protected must not start. */
function checkSignIn(args: Args): void {
  const auth = args.string("auth");
  const isHttp = args.string("http") !== undefined;
  const given = ["auth", "allowed-host", ...needs.map(([flag]) => flag)].filter(
    (flag) => args.values[flag] !== undefined && !(flag === "auth" && auth === "none"),
  );
  if (!isHttp && given.length > 0) {
    throw new LecternError(
      "usage",
      `--${given[0]} is for HTTP, and without --http the server speaks on standard input and output.`,
      {
        fix: "Add --http HOST:PORT, for example --http 127.0.0.1:8050.",
      },
    );
  }
  for (const [flag, kinds] of needs) {
    if (args.values[flag] === undefined || kinds.includes(auth ?? "none")) continue;
    throw new LecternError("usage", `--${flag} would be ignored: --auth is ${auth ?? "none"}.`, {
      fix: `Add --auth ${kinds.join(" or ")}, or leave --${flag} out.`,
    });
  }
}

import { z } from "zod";
import { logLevels } from "./settings.ts";

const texts = z.array(z.string().min(1));
const source = z.union([
  z.string().min(1),
  z.strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,64}$/)
      .optional(),
    path: z.string().min(1),
  }),
]);

/** One MCP server, in the shape that Claude and VS Code use; `type` may be left out. */
export const serverSchema = z
  .looseObject({
    type: z.enum(["stdio", "http", "streamable-http", "sse"]).optional(),
    command: z.string().min(1).optional().describe("The program to start (stdio)."),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    envFile: z.string().optional(),
    cwd: z.string().optional(),
    url: z.string().optional().describe("The address of a Streamable HTTP or SSE server."),
    headers: z.record(z.string(), z.string()).optional(),
    timeout: z.number().positive().optional().describe("Per call, in milliseconds."),
    includeTools: texts.optional(),
    excludeTools: texts.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((server) => (server.command === undefined) !== (server.url === undefined), {
    message: "needs either `command` (stdio) or `url` (http), not both",
  });

const backend = z.strictObject({
  endpoint: z.string().min(1),
  deployment: z.string().min(1).optional(),
  apiVersion: z.string().optional(),
  residency: z.string().optional().describe("Failover never crosses from one residency to another."),
});

/** The whole of `lectern.config.json`. Secrets have no place in it. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  azure: z
    .strictObject({
      endpoint: z.string().min(1).optional().describe("https://<resource>.openai.azure.com, or anything people paste for it."),
      deployment: z.string().min(1).optional(),
      apiVersion: z.string().optional().describe("A date selects the classic URLs; leave it out for the v1 API."),
      api: z.enum(["auto", "responses", "chat"]).optional(),
      auth: z.enum(["auto", "key", "entra"]).optional(),
      scope: z.string().optional(),
      clientId: z.string().optional().describe("Client id of a user-assigned managed identity."),
      baseUrl: z.string().optional().describe("Used verbatim, for gateways with paths of their own."),
      headers: z.record(z.string(), z.string()).optional(),
      keyHeader: z.string().optional().describe("Name of the header that carries the key; default api-key."),
      caFile: z.string().optional(),
      trustedHosts: texts.optional().describe("Hosts outside Azure's own that may receive Entra tokens."),
      backends: z.array(backend).optional().describe("Further backends in order of preference, for failover."),
    })
    .optional(),
  sources: z.array(source).optional().describe("Files and folders of the knowledge base."),
  mcpServers: z.record(z.string().regex(/^[\w. -]{1,64}$/), serverSchema).optional(),
  allow: texts.optional().describe('Tools that may run: globs over "server/tool", or tool names.'),
  ask: texts.optional(),
  deny: texts.optional(),
  trusted: texts.optional().describe("Servers whose results the operator vouches for."),
  instructions: z.string().optional(),
  answerPolicy: z.enum(["sources_only", "open"]).optional(),
  limits: z
    .strictObject({
      maxRounds: z.int().min(1).max(100).optional(),
      maxInputTokens: z.int().min(100).optional(),
      maxParallelTools: z.int().min(1).max(256).optional(),
      timeoutS: z.number().positive().optional(),
      idleTimeoutS: z.number().positive().optional(),
    })
    .optional(),
  log: z.strictObject({ level: z.enum(logLevels).optional() }).optional(),
});

export type ConfigFile = z.infer<typeof configSchema>;

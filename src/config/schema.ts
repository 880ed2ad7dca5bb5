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
    args: z.array(z.string()).optional().describe("Its arguments; variables are filled in."),
    env: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe("Variables of the process, beside the few every server gets. Variables are filled in."),
    envFile: z.string().optional().describe("A file of further variables, below `env`."),
    cwd: z.string().optional().describe("The folder it runs in."),
    url: z.string().optional().describe("The address of a Streamable HTTP or SSE server."),
    headers: z.record(z.string(), z.string()).optional().describe("Sent with every request; variables are filled in."),
    timeout: z.number().positive().optional().describe("Per call, in milliseconds."),
    includeTools: texts.optional().describe("Only these tools of the server are offered."),
    excludeTools: texts.optional().describe("These tools of the server are not offered."),
    disabled: z.boolean().optional().describe("True: not used, and no weaker file brings it back."),
    knowledge: z
      .boolean()
      .optional()
      .describe(
        "A server of documents, such as Lectern's own over HTTP: citations keep its uris and paths. Not from project files.",
      ),
  })
  .refine((server) => server.disabled === true || (server.command === undefined) !== (server.url === undefined), {
    message: "needs either `command` (stdio) or `url` (http), not both",
  });

export type ServerEntry = z.infer<typeof serverSchema>;

const backend = z.strictObject({
  name: z.string().min(1).optional().describe("How notices call it, and what `pin` may name. Default: deployment and host."),
  endpoint: z.string().min(1),
  deployment: z.string().min(1).optional(),
  apiVersion: z.string().optional(),
  keyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .optional()
    .describe("Name of the variable that holds this backend's own key; default: the credential of the first one."),
  residency: z.string().optional().describe("Where its data stays; failover never leaves the residency of the first one."),
});

/** The whole of `lectern.config.json`. Secrets have no place in it. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe("Address of this schema, for editors; Lectern does not read it."),
  azure: z
    .strictObject({
      endpoint: z.string().min(1).optional().describe("https://<resource>.openai.azure.com, or anything people paste for it."),
      deployment: z.string().min(1).optional().describe("Name of the deployment to ask."),
      apiVersion: z.string().optional().describe("A date selects the classic URLs; leave it out for the v1 API."),
      api: z
        .enum(["auto", "responses", "chat"])
        .optional()
        .describe("Default auto: Responses, or Chat Completions where the deployment wants that."),
      auth: z
        .enum(["auto", "key", "entra"])
        .optional()
        .describe("Default auto: the key when there is one, else an Azure identity."),
      scope: z.string().optional().describe("Scope of Entra tokens; default: that of the endpoint's cloud."),
      clientId: z.string().optional().describe("Client id of a user-assigned managed identity."),
      baseUrl: z.string().optional().describe("Used verbatim, for gateways with paths of their own."),
      headers: z.record(z.string(), z.string()).optional().describe("Sent with each request, for gateways."),
      keyHeader: z.string().optional().describe("Name of the header that carries the key; default api-key."),
      caFile: z.string().optional().describe("PEM file of certificate authorities to trust beside the usual ones."),
      trustedHosts: texts
        .optional()
        .describe("Hosts outside Azure's own that may receive Entra tokens. Not from a project file."),
      residency: z.string().optional().describe("Where this endpoint's data stays, for failover."),
      backends: z.array(backend).optional().describe("Further backends in order of preference, for failover."),
      pin: z.string().min(1).optional().describe("The only one of the backends to use, by its name, host or deployment."),
      allowResidencyChange: z
        .boolean()
        .optional()
        .describe("Lets failover go to a backend of another residency. Default false. Not from a project file."),
    })
    .optional(),
  sources: z.array(source).optional().describe("Files and folders of the knowledge base."),
  mcpServers: z.record(z.string().min(1).max(200), serverSchema).optional().describe("MCP servers by name."),
  mcpFiles: z
    .boolean()
    .optional()
    .describe("Whether the servers of the project's .mcp.json and .vscode/mcp.json are read too. Default true."),
  allow: texts
    .optional()
    .describe(
      'Tools that may run: globs over "server/tool", or tool names on any server. In a project file: of its own servers only.',
    ),
  ask: texts.optional().describe("Tools to ask for each time, even where they are allowed."),
  deny: texts.optional().describe("Tools that never run."),
  trusted: texts
    .optional()
    .describe("Servers whose results you vouch for. Counts only in your own file or one given by --config."),
  instructions: z.string().optional().describe("Added to what the model is told: tone, language, house rules."),
  answerPolicy: z
    .enum(["sources_only", "open"])
    .optional()
    .describe("Whether an answer may rest on anything but the sources. Default sources_only."),
  limits: z
    .strictObject({
      maxRounds: z.int().min(1).max(100).optional().describe("Model calls in one turn. Default 12."),
      maxInputTokens: z
        .int()
        .min(100)
        .optional()
        .describe(
          "Tokens of one turn's question, calls and results, each time they are sent; a third as many of earlier turns are sent along. Default 180000.",
        ),
      maxParallelTools: z.int().min(1).max(256).optional().describe("Tools that run at the same time. Default 24."),
      timeoutS: z.number().positive().max(86_400).optional().describe("Seconds for the whole turn. Default 120."),
      idleTimeoutS: z.number().positive().max(86_400).optional().describe("Seconds the model may stay silent. Default 90."),
    })
    .optional(),
  log: z.strictObject({ level: z.enum(logLevels).optional() }).optional(),
});

export type ConfigFile = z.infer<typeof configSchema>;

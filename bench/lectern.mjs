// The contender for the side-by-side harness (BENCH_EXTRA=bench/lectern.mjs): the public library from dist/, every check, retry, deadline and
// event switched on. `cfg`: { endpoint, apiKey, deployment, apiVersion, api, mcp: { command, args, env } }.
import { spawnServer } from "../dist/mcp/transport/spawn.js";
import { planSpawn } from "../dist/mcp/transport/spawn-plan.js";

export const meta = { title: "Lectern", apis: ["chat", "responses"], own: true };

export async function open(cfg) {
  const server = { type: "stdio", command: cfg.mcp.command, args: cfg.mcp.args, env: cfg.mcp.env };
  // Before anything heavy is imported, as the CLI does.
  const started = spawnServer(planSpawn(server, { baseEnv: process.env }));
  const [{ Conversation, createPolicy, run }, { createAzureModel }, { createToolbox }] = await Promise.all([
    import("../dist/agent/index.js"),
    import("../dist/azure/index.js"),
    import("../dist/mcp/index.js"),
  ]);
  const chat = cfg.api !== "responses";
  const model = createAzureModel({
    endpoint: cfg.endpoint,
    deployment: cfg.deployment,
    credential: { type: "api_key", key: cfg.apiKey },
    api: chat ? "chat" : "responses",
    ...(chat ? { apiVersion: cfg.apiVersion } : {}),
  });
  const toolbox = await createToolbox({ kb: server }, { baseEnv: process.env, adopt: { kb: started } });
  const policy = createPolicy({ allow: ["*"], trusted: ["kb"] });
  return {
    conversation() {
      const conversation = new Conversation();
      return {
        async ask(question, onToken) {
          let text = "";
          for await (const event of run({ model, toolbox, policy, conversation, question, maxInputTokens: 10_000_000 })) {
            if (event.type === "text") onToken(event.delta);
            else if (event.type === "done") text = event.answer;
          }
          return { text };
        },
      };
    },
    close: () => toolbox[Symbol.asyncDispose](),
  };
}

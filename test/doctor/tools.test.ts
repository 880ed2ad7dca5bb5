import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority } from "./certificates.ts";
import { testFaults } from "./fault.ts";
import { lecternFolder, writeFile } from "./folder.ts";
import { answers, emulated, type Handler, passesOn, type Setup, serves } from "./harness.ts";

/** An MCP server of the older revision over HTTP, in a few lines. */
const mcpServer =
  (tools: readonly unknown[]): Handler =>
  (_, response, body) => {
    const { id, method, params } = JSON.parse(body || "{}") as {
      id?: number;
      method?: string;
      params?: { protocolVersion?: string };
    };
    if (id === undefined) return void response.writeHead(202).end();
    const result =
      method === "initialize"
        ? { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "toy", version: "1" } }
        : method === "tools/list"
          ? { tools }
          : undefined;
    const reply = result === undefined ? { error: { code: -32601, message: "Method not found" } } : { result };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, ...reply }));
  };

const good = (name: string) => ({
  name,
  description: `Does ${name}`,
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
});

/** A healthy deployment and these servers, named in the user's own configuration. */
const withServers =
  (
    servers: (stack: AsyncDisposableStack) => Promise<Record<string, object>> | Record<string, object>,
    more: Partial<Setup> = {},
  ) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { env } = stack.use(await emulated());
    return { ...more, env: { ...env, ...more.env }, config: { mcpServers: await servers(stack) } };
  };

const served =
  (handler: Handler) =>
  async (stack: AsyncDisposableStack): Promise<Record<string, object>> => ({
    helpdesk: { url: `${stack.use(await serves(handler)).url}/mcp` },
  });

const shell = (line: string): Record<string, object> => ({ helpdesk: { command: "sh", args: ["-c", line] } });

testFaults([
  {
    named: "server:helpdesk: server-crashes",
    when: "a server ends at once",
    says: [/"helpdesk" cannot be used/, /Run its command by hand/],
    setup: withServers(() => shell("echo 'fatal: no database' >&2; exit 3")),
  },
  {
    named: "server:helpdesk: server-crashes",
    when: "a server's program lacks a package",
    says: [/Cannot find package 'not-installed'/],
    setup: withServers(() => ({
      helpdesk: { command: process.execPath, args: [writeFile("s.mjs", "import 'not-installed';")] },
    })),
  },
  {
    named: "server:helpdesk: server-not-found",
    when: "a server's program is not installed",
    says: [/was not found/, /PATH/],
    setup: withServers(() => ({ helpdesk: { command: "no-such-program-anywhere" } })),
  },
  {
    named: "server:helpdesk: server-crashes",
    when: "a server that takes a secret as an argument prints a banner and ends",
    says: [/exited with code 1/, /prints: sh -c 'echo Welcome; exit 1' --api-key \.\.\.$/m],
    setup: withServers(() => ({
      helpdesk: { command: "sh", args: ["-c", "echo Welcome; exit 1", "--api-key", "not-to-be-told"] },
    })),
  },
  {
    named: "server:helpdesk: server-not-found",
    when: "a server's working folder is gone",
    says: [/its working folder \/nowhere\/at-all does not exist/, /cwd/],
    setup: withServers(() => ({ helpdesk: { command: "sh", args: ["-c", "cat"], cwd: "/nowhere/at-all" } })),
  },
  {
    named: "server:helpdesk: server-not-executable",
    when: "a server's file may not be run",
    says: [/chmod \+x \S+server\.sh/],
    setup: withServers(() => ({ helpdesk: { command: writeFile("server.sh", "#!/bin/sh\ncat\n") } })),
  },
  {
    named: "server:helpdesk: server-url-wrong",
    when: "a server's url is not its endpoint",
    says: [/HTTP 404/, /often ending in \/mcp/],
    setup: withServers(served(answers(404, { error: "not found" }))),
  },
  {
    named: "server:helpdesk: server-url-wrong",
    when: "a web page answers at a server's url",
    says: [/text\/html/],
    setup: withServers(served(answers(200, "<html><title>Welcome</title></html>"))),
  },
  {
    named: "server:helpdesk: server-refuses-access",
    when: "a server answers 403",
    says: [/may use this server/],
    setup: withServers(served(answers(403, { error: "forbidden" }))),
  },
  {
    named: "server:helpdesk: server-tls-untrusted",
    when: "a server shows a certificate of a private authority",
    says: [/NODE_EXTRA_CA_CERTS=/],
    setup: withServers(async (stack) => {
      const tls = makeAuthority("Private").issue({ names: ["localhost"] });
      return { helpdesk: { url: `https://localhost:${stack.use(await serves(answers(200, {}), tls)).port}/mcp` } };
    }),
  },
  {
    named: "server:helpdesk: server-silent",
    when: "a server says nothing",
    says: [/not ready within/, /standard output/],
    setup: withServers(() => shell("exec sleep 30"), { limits: { serversMs: 400 } }),
  },
  {
    named: "server:helpdesk: server-wants-sign-in",
    when: "a server answers 401",
    says: [/401/, /"headers": \{ "Authorization": "Bearer \$\{TOKEN\}" \}/],
    setup: withServers(served(answers(401, { error: "unauthorized" }))),
  },
  {
    named: "server:helpdesk: server-unreachable",
    when: "nothing listens at a server's address",
    says: [/nothing listens there/],
    setup: withServers(() => ({ helpdesk: { url: "http://127.0.0.1:9/mcp" } })),
  },
  {
    named: "server:helpdesk: server-fails",
    when: "a server answers 500",
    says: [/HTTP 500/],
    setup: withServers(served(answers(500, { error: "boom" }))),
  },
  {
    named: "server:helpdesk: server-tools-held-back",
    when: "a tool of a server has no schema",
    says: [/broken: its input schema is missing/],
    setup: withServers(served(mcpServer([good("search"), { name: "broken", description: "Has no schema" }]))),
  },
  {
    named: "server:helpdesk: server-variable-missing",
    when: "a server's definition uses a variable that is not set",
    says: [/HELPDESK_TOKEN/],
    setup: withServers(() => ({
      helpdesk: { url: "http://127.0.0.1:9/mcp", headers: { Authorization: `Bearer $${"{HELPDESK_TOKEN}"}` } },
    })),
  },
  {
    named: "server:helpdesk: server-not-approved",
    when: "a project file names a server that nobody approved",
    says: [/lectern mcp trust helpdesk/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env, projectConfig: { mcpServers: { helpdesk: { command: "sh", args: ["-c", "exit 0"] } } } };
    },
  },
  {
    named: "server:knowledge: server-name-taken",
    when: "a server has the name of Lectern's own",
    says: [/another name/],
    setup: withServers(() => ({ knowledge: { command: "sh", args: ["-c", "exit 0"] } }), {
      sources: [join(process.cwd(), "data/kb.json")],
    }),
  },
]);

testFaults([
  {
    named: "tools: tool-schema-refused",
    when: "the service refuses a tool's schema",
    says: [/lookup/, /lectern tools --explain/],
    setup: async (stack) => {
      const fault = { kind: "refusal", id: "400-bad-tool-schema-items" } as const;
      const { env } = stack.use(await emulated({ config: { faults: [{ fault, at: [3] }] } }));
      const server = stack.use(await serves(mcpServer(["lookup", "search", "find", "read", "list"].map(good))));
      return { env, config: { mcpServers: { helpdesk: { url: `${server.url}/mcp` } } } };
    },
  },
  {
    named: "tools: tools-left-out",
    when: "150 tools are configured",
    says: [/150|128/, /excludeTools/],
    setup: withServers(served(mcpServer(Array.from({ length: 150 }, (_, index) => good(`tool_${index}`))))),
  },
  {
    named: "tools: tools-refused",
    when: "chat is fixed for a model that takes tools on Responses only",
    says: [/--api auto/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env: { ...env, LECTERN_API: "chat" } };
    },
  },
]);

const folderWith = (files: Readonly<Record<string, string | Buffer>>): string => {
  const folder = join(lecternFolder({}).cwd, "handbook");
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};

const withSource =
  (source: () => string) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { env } = stack.use(await emulated());
    return { env, sources: [source()] };
  };

testFaults([
  {
    named: "knowledge: knowledge-unreadable",
    when: "the source does not exist",
    says: [/nowhere/],
    setup: withSource(() => join(lecternFolder({}).cwd, "nowhere")),
  },
  {
    named: "knowledge: knowledge-empty",
    when: "the source is an empty folder",
    says: [/no file of a form that is read/, /--source/],
    setup: withSource(() => folderWith({})),
  },
  {
    named: "backend:2: backend-key-missing",
    when: "a backend takes its key from a variable that is not set",
    says: [/WEST_KEY/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      return { env, config: { azure: { backends: [{ endpoint: emulator.url, keyEnv: "WEST_KEY" }] } } };
    },
  },
  {
    named: "knowledge: knowledge-files-skipped",
    when: "one file of many is damaged",
    says: [/damaged\.json/],
    setup: withSource(() => folderWith({ "leave.md": "# Leave\n\nTwenty days.", "damaged.json": '[{"question": "Why' })),
  },
  {
    named: "configuration: cache-not-writable",
    when: "the cache folder cannot be written",
    says: [/LECTERN_CACHE_DIR/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env: { ...env, LECTERN_CACHE_DIR: join(writeFile("a-file", ""), "cache") } };
    },
  },
]);

testFaults([
  {
    named: "tools: tools-refused",
    when: "an old api-version leaves only the API over which the model takes no tools",
    says: [/reasoning_effort/, /Leave the api-version 2024-10-21 out/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env: { ...env, AZURE_OPENAI_API_VERSION: "2024-10-21" } };
    },
  },
  {
    named: "tools: tool-call-failed",
    when: "a gateway takes no request as large as the tools make it",
    says: [/413/, /client_max_body_size/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const handler = passesOn(emulator.url, (answer, { body }) =>
        body.includes('"tools"') ? { status: 413, headers: { "content-type": "text/html" }, body: "<html>413</html>" } : answer,
      );
      const gateway = stack.use(await serves(handler));
      return { env: { ...env, AZURE_OPENAI_ENDPOINT: gateway.url } };
    },
  },
  {
    named: "tools: tool-call-failed",
    when: "a project says that data may leave its residency",
    says: [/a project may not/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env, projectConfig: { azure: { allowResidencyChange: true } } };
    },
  },
  {
    named: "backend:2: deployment-unknown",
    when: "a further backend names a deployment that is not there",
    says: [/no deployment "gone"/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      return { env, config: { azure: { backends: [{ endpoint: emulator.url, deployment: "gone" }] } } };
    },
  },
  {
    named: "backend:3: key-refused",
    when: "the third backend's own key is wrong",
    says: [/refused the API key/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const backends = [{ endpoint: emulator.url }, { endpoint: emulator.url, keyEnv: "WEST_KEY" }];
      return { env: { ...env, WEST_KEY: "f".repeat(32) }, config: { azure: { backends } } };
    },
  },
]);

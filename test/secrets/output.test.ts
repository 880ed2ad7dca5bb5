import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ServedTool } from "../../src/core/served-tools.ts";
import { serveTools } from "../../src/serve/serve-tools.ts";
import { answers, emulated, serves } from "../doctor/harness.ts";
import { lectern } from "../support/cli.ts";
import { toyApp } from "../support/toy-app.ts";
import { type Canary, canaries, expectNoSecrets } from "./canaries.ts";

const planted = canaries();
/** The default, and the one that says all that the others say; the log itself is searched at each level in redaction.test.ts. */
const levels = ["warn", "debug"] as const;
const folder = mkdtempSync(join(tmpdir(), "lectern-secrets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function configFile(config: object): string {
  const path = join(folder, `config-${++files}.json`);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const knowledge = join(folder, "kb.json");
writeFileSync(knowledge, JSON.stringify([{ question: "How much leave is there?", answer: "There are thirty days of leave." }]));

/** A secret that can stand in a header and a variable. */
const key: Canary = { kind: "the API key", text: "N1ghtjar/Walrus+91=" };
const variables: readonly Canary[] = [
  key,
  { kind: "client secret", text: "cl1ent~Nightjar.91" },
  { kind: "proxy password", text: "pr0xy-Walrus-91" },
  { kind: "server token", text: "s3rver-Nightjar-91" },
  { kind: "header value", text: "he4der-Walrus-91" },
];
const [, clientSecret, proxyPassword, serverToken, headerValue] = variables as readonly [Canary, Canary, Canary, Canary, Canary];

/** Everything that Lectern is told to keep to itself, in the places where people put it. */
const env = {
  AZURE_OPENAI_API_KEY: key.text,
  AZURE_OPENAI_DEPLOYMENT_NAME: "default",
  AZURE_CLIENT_SECRET: clientSecret.text,
  OPENAI_API_KEY: clientSecret.text,
  HELPDESK_TOKEN: serverToken.text,
  HTTPS_PROXY: `http://me:${proxyPassword.text}@127.0.0.1:9`,
};
const token = { HELPDESK_TOKEN: `$${"{HELPDESK_TOKEN}"}` };
const servers = {
  helpdesk: { command: "sh", args: ["-c", "exit 3"], env: token },
  remote: { url: "http://127.0.0.1:9/mcp", headers: { Authorization: `Bearer ${headerValue.text}` } },
};
const config = configFile({ azure: { headers: { "x-gateway": headerValue.text } }, mcpServers: servers });

const commands: Readonly<Record<string, readonly string[]>> = {
  ask: ["ask", "How much leave is there?", "--source", knowledge],
  "ask --json": ["ask", "--json", "How much leave is there?", "--source", knowledge],
  "ask --trace": ["ask", "--trace", "How much leave is there?", "--source", knowledge],
  doctor: ["doctor", "--source", knowledge],
  "doctor --json": ["doctor", "--json", "--source", knowledge],
  tools: ["tools", "--source", knowledge],
};

/** What proves that a command did its work, so that silence is not taken for discretion. */
const proof: Readonly<Record<string, RegExp>> = {
  ask: /leave/,
  "ask --json": /"tool":"search_knowledge_base"/,
  "ask --trace": /\[7\/7\] The model answers/,
  doctor: /^ok {4}deployment/m,
  "doctor --json": /"id":"deployment","status":"ok"/,
  tools: /search_knowledge_base/,
};

test.each(Object.entries(commands))("%s shows no secret of variables, headers, proxies and servers", async (name, words) => {
  await using healthy = await emulated({ key: key.text });
  for (const level of levels) {
    const { stdout, stderr } = await lectern([...words, "--config", config, "--log-level", level], {
      env: { ...env, AZURE_OPENAI_ENDPOINT: healthy.emulator.url },
    });
    expectNoSecrets(`${stdout}\n${stderr}`, variables);
    expect(name === "ask --trace" ? `${stdout}${stderr}` : stdout).toMatch(proof[name]!);
  }
});

test.each([["mcp list"], ["mcp list --json"], ["mcp tools"], ["mcp tools --json"]])(
  "%s shows no secret of variables, headers and servers",
  async (words) => {
    const { stdout, stderr } = await lectern([...words.split(" "), "--config", config], { env });
    expectNoSecrets(`${stdout}\n${stderr}`, variables);
  },
);

// What the command line prints is guarded as a whole once src/cli/run.ts puts its streams behind OutputGuard.
const isGuarded = readFileSync("src/cli/run.ts", "utf8").includes("OutputGuard");

describe.skipIf(!isGuarded)("with the output guarded", () => {
  const talkative = configFile({
    mcpServers: {
      helpdesk: { command: "sh", args: ["-c", 'echo "starting with $HELPDESK_TOKEN" >&2; sleep 0.2; exit 3'], env: token },
    },
  });

  test.each(Object.entries({ ...commands, "mcp list": ["mcp", "list"], "mcp tools": ["mcp", "tools"] }))(
    "%s does not repeat the secret that a crashing server prints",
    async (_, words) => {
      await using healthy = await emulated({ key: key.text });
      const options = { env: { ...env, AZURE_OPENAI_ENDPOINT: healthy.emulator.url } };
      const { stdout, stderr } = await lectern([...words, "--config", talkative, "--log-level", "debug"], options);
      expectNoSecrets(`${stdout}\n${stderr}`, variables);
    },
  );

  test.each([["mcp call"], ["mcp call --json"]])(
    "%s does not repeat secrets, whatever a server answers or prints",
    async (words) => {
      const told = variables.filter((variable) => variable !== headerValue);
      const said = told.flatMap(({ text }) => [text, encodeURIComponent(text), Buffer.from(text).toString("base64")]);
      const text = `The variables are ${said.join(" and ")}.`;
      const leaking = (name: string, isError: boolean): ServedTool => ({
        name,
        description: "Tells what it knows.",
        inputSchema: { type: "object", properties: {} },
        call: () => ({ content: [{ type: "text", text }], isError }),
      });
      const tools = [leaking("tell", false), leaking("fail", true)];
      await using server = await serveTools({
        server: toyApp({ tools }),
        http: { host: "127.0.0.1", port: 0 },
        auth: { type: "none" },
      });
      await using refusing = await serves(answers(401, { error: text }));
      const script = join(folder, "crash.sh");
      writeFileSync(script, `cat >&2 <<'END'\n${text}\nEND\nsleep 0.2\nexit 3\n`);
      const addresses = [
        ["--url", server.url, "tell"],
        ["--url", server.url, "fail"],
        ["--url", `${refusing.url}/mcp`, "tell"],
        ["--command", `sh ${script}`, "tell"],
      ];
      const outputs: string[] = [];
      for (const address of addresses) {
        const { stdout, stderr } = await lectern([...words.split(" "), ...address], { env });
        outputs.push(`${stdout}\n${stderr}`);
      }
      expectNoSecrets(outputs.join("\n"), told);
      expect(outputs.map((output) => output.includes("The variables are"))).toEqual([true, true, false, true]);
    },
  );

  test.each(["ask", "ask --json"])("%s does not repeat the key that a service's error body echoes", async (name) => {
    await using server = await serves(
      answers(400, { error: { code: "Nope", message: `You sent ${key.text} and ${clientSecret.text}` } }),
    );
    const options = { env: { ...env, HTTPS_PROXY: "", AZURE_OPENAI_ENDPOINT: server.url } };
    const { stdout, stderr } = await lectern([...name.split(" "), "How much leave?", "--no-tools"], options);
    expectNoSecrets(`${stdout}\n${stderr}`, variables);
    expect(`${stdout}${stderr}`).toContain("You sent");
  });
});

test("an endpoint with a password or a key in it is refused without repeating it", async () => {
  for (const endpoint of [
    `https://me:${proxyPassword.text}@contoso.openai.azure.com`,
    `https://127.0.0.1:9/openai?api-key=${encodeURIComponent(key.text)}`,
  ]) {
    // Asking would wait for the retries of an endpoint that is not there.
    const asked = endpoint.includes("@") ? [commands.ask!] : [];
    for (const words of [...asked, commands.doctor!, commands.tools!]) {
      const { stdout, stderr } = await lectern([...words, "--log-level", "debug"], {
        env: { ...env, HTTPS_PROXY: "", AZURE_OPENAI_ENDPOINT: endpoint },
      });
      expectNoSecrets(`${stdout}\n${stderr}`, variables);
    }
  }
});

test("the doctor repeats no secret that the service, a server or a certificate says", async () => {
  for (const canary of planted) {
    const body = { error: { code: "Nope", message: `Wrong: ${canary.text}` } };
    await using server = await serves(answers(400, body));
    const crash = configFile({
      mcpServers: { helpdesk: { command: "sh", args: ["-c", 'printf "%s" "$1" >&2; exit 3', "sh", canary.text] } },
    });
    const words = ["doctor", "--json", "--config", crash, "--log-level", "debug"];
    const { stdout, stderr } = await lectern(words, { env: { ...env, HTTPS_PROXY: "", AZURE_OPENAI_ENDPOINT: server.url } });
    expectNoSecrets(`${stdout}\n${stderr}`, [canary, ...variables]);
    expect(stdout).toContain("request-refused");
  }
});

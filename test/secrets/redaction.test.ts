import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { run } from "../../src/agent/loop.ts";
import { createPolicy } from "../../src/agent/policy.ts";
import { secretsIn } from "../../src/core/known-secrets.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { OutputGuard } from "../../src/telemetry/output-guard.ts";
import { createRedactor, redactText } from "../../src/telemetry/redact.ts";
import { Observer } from "../../src/telemetry/spans.ts";
import { calls, collect, says, scripted, toolboxOf } from "../support/fakes.ts";
import { memoryTelemetry } from "../telemetry/memory.ts";
import { canaries, expectNoSecrets } from "./canaries.ts";

const planted = canaries();

test.each(planted)("a planted $kind is replaced in a sentence, in JSON, in JSON within JSON and under any name", (canary) => {
  const { text } = canary;
  const inJson = JSON.stringify({ note: text, deep: { list: [text] } });
  const said = [`It said: ${text}`, inJson, JSON.stringify({ arguments: inJson })];
  for (const sentence of said) expectNoSecrets(redactText(sentence), [canary]);
  expectNoSecrets(
    JSON.stringify(createRedactor().value({ note: text, deep: [{ text: `x ${text} y` }], error: new Error(text) })),
    [canary],
  );
});

test.each(["silent", "error", "warn", "info", "debug"])("no planted secret stands in the log at level %s", async (level) => {
  let lines = "";
  const log = await createLog({ level, destination: { write: (line) => (lines += line) } });
  for (const { text } of planted) {
    for (const at of ["error", "warn", "info", "debug"] as const)
      log[at]({ arguments: JSON.stringify({ text }), text, nested: { list: [text] } }, `said ${text}`);
  }
  expectNoSecrets(lines, planted);
});

test.each([
  "max_tokens: 1000, input_tokens=12345, tokens=9",
  'prompt_cache_key: "conv-1234abcd"',
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
  "request id 117f6e00-4cee-445c-8c5a-5c5bfefb2e71",
  "The password policy: passwords must have twelve characters, and your password: must be changed.",
  "https://contoso.openai.azure.com/openai/v1/responses?api-version=2025-04-01-preview",
  "kb://handbook/security/passwords-and-tokens.md#the-secret-of-good-keys",
  "DE12 3456 7890 1234 5678 90 is no account: its checksum is wrong",
  "token: see the glossary. secret: between us. authorization: ask your manager.",
  "AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential",
])("ordinary text stays as it is: %s", (text) => {
  expect(redactText(text)).toBe(text);
});

test("a secret that is known is replaced in every form in which it travels", () => {
  const secret = 'p@ss/"word"+91=';
  const redactor = createRedactor([secret]);
  const basic = Buffer.from(`nightjar:${secret}`).toString("base64");
  const said = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
  ];
  for (const form of said) expectNoSecrets(redactor.text(`before ${form} after`), [{ kind: "known", text: secret }]);
  expect(redactor.text(`Basic-like ${basic}`)).not.toContain(basic.slice(16, 30));
  expect(redactor.text("before after")).toBe("before after");
});

test("the secrets of an environment are those whose names say so, and passwords in URLs", () => {
  const env = {
    AZURE_OPENAI_API_KEY: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    AZURE_CLIENT_SECRET: "nightjar~91",
    HTTPS_PROXY: "http://me:walrus-91-pass@proxy:8080",
    GITHUB_TOKEN: "ghp_short",
    SMTP_PASS: "walrus-92",
    DB_PWD: "walrus-93",
    DEVOPS_PAT: "walrus-94",
    TLS_KEY: "/etc/ssl/private/server1.pem",
    SHORT_KEY: "abc",
    WORD_SECRET: "password",
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    PWD: "/home/somebody/project",
    PATH: "/usr/bin",
  };
  expect(secretsIn(env)).toEqual([
    ...["0f1e2d3c4b5a69788796a5b4c3d2e1f0", "nightjar~91", "walrus-91-pass", "ghp_short"],
    ...["walrus-92", "walrus-93", "walrus-94"],
  ]);
});

test("redaction takes time in proportion to the text, whatever the text", () => {
  const awkward = [
    "a",
    "api.",
    "password=",
    "%2F",
    "-----BEGIN PRIVATE KEY-----",
    "0123456789abcdef",
    "Ab1+/",
    "http://a:",
    "DE12 3456 ",
    "eyJhbGciOi.",
    "A_",
  ];
  for (const piece of awkward) {
    const text = piece.repeat(Math.ceil(50_000 / piece.length));
    const begin = performance.now();
    redactText(text);
    expect({ piece, slow: performance.now() - begin > 1_000 }).toEqual({ piece, slow: false });
  }
});

test("a guarded stream leaves known secrets out of what is written, and is the same stream otherwise", async () => {
  const stream = new PassThrough();
  const guard = new OutputGuard(["nightjar-91"]);
  const guarded = guard.stream(stream);
  guarded.write("before nightjar-91 after, walrus-91\n");
  guard.learn(["walrus-91"]);
  guarded.write("before nightjar-91 after, walrus-91\n");
  guarded.write(Buffer.from("bytes\n"));
  guarded.end();
  expect(await text(stream)).toBe("before [redacted] after, walrus-91\nbefore [redacted] after, [redacted]\nbytes\n");
  expect(guarded.writableEnded).toBe(true);
});

test.each([false, true])("no planted secret stands in the spans of a turn (content %s)", async (content) => {
  for (const canary of planted) {
    const memory = memoryTelemetry();
    const observer = new Observer(memory.otel, { content });
    const args = JSON.stringify({ query: canary.text });
    const replies = [calls({ id: "c1", name: "search", arguments: args }), says(`It is ${canary.text}`)];
    const toolbox = observer.toolbox(toolboxOf({ search: () => `found ${canary.text}` }));
    const model = observer.model(scripted(...replies));
    const question = `What is ${canary.text}?`;
    const policy = createPolicy({ own: ["kb"] });
    await collect(observer.turn(run({ model, toolbox, question, policy }), { question }));
    expect(memory.spans.length).toBe(4);
    expectNoSecrets(JSON.stringify([memory.spans, memory.measures]), [canary]);
  }
});

test("a secret whose percent-decoded form is short does not blot out ordinary words", () => {
  expect(createRedactor(["%61%62%63"]).text("abc, and %61%62%63")).toBe("abc, and [redacted]");
});

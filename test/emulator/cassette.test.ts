import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Redactor } from "../../src/emulator/cassette/redact.ts";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { chatPath, errorOf, eventsOf, responsesPath, sendTo, withEmulator } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "lectern-cassette-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jwt = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
const planted = {
  azureKey: "0123456789abcdef0123456789abcdef",
  longKey: "A1b2".repeat(21),
  jwt,
  openAi: "sk-proj-abcdefghijklmnop1234",
  password: "correct horse battery",
  account: "AccountKey=Zm9vYmFyYmF6cXV4;",
};

/** Records what a script of the emulator says, and gives back the cassette. */
async function record(options: EmulatorOptions, use: (url: string, key: string) => Promise<void>, name: string): Promise<string> {
  const file = join(folder, name);
  await using upstream = await startEmulator(options);
  await using recorder = await startEmulator({ record: { file, upstream: upstream.url } });
  await use(recorder.url, upstream.key);
  return file;
}

const post = (url: string, path: string, key: string, body: object): Promise<string> =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "api-key": key, cookie: "session=cookie-of-the-user" },
    body: JSON.stringify(body),
  }).then((response) => response.text());

test("what was recorded is replayed byte for byte, streamed and not, without the endpoint", async () => {
  const body = { model: "default", input: "hi" };
  const told: string[] = [];
  const file = await record(
    {},
    async (url, key) => {
      told.push(await post(url, responsesPath, key, body));
      told.push(await post(url, responsesPath, key, { ...body, stream: true }));
    },
    "round.json",
  );
  await withEmulator({ replay: file }, async (replayer) => {
    expect((await sendTo(replayer, responsesPath, body)).text).toBe(told[0]);
    const streamed = await sendTo(replayer, responsesPath, { stream: true, ...body });
    expect(streamed.text).toBe(told[1]);
    expect(streamed.headers.get("content-type")).toContain("text/event-stream");
  });
});

test("a cassette is readable JSON of its owner's, and holds none of the secrets planted in a conversation", async () => {
  const say = `Use ${planted.jwt} or ${planted.longKey}, and ${planted.account}`;
  const body = {
    model: "classic",
    stream: true,
    metadata: { password: planted.password },
    messages: [{ role: "user", content: `my keys: ${planted.azureKey} ${planted.openAi}` }],
  };
  let key = "";
  const file = await record(
    { script: () => ({ text: say }) },
    async (url, upstreamKey) => {
      key = upstreamKey;
      await post(url, `${chatPath}?api-version=preview&code=${planted.azureKey}`, key, body);
    },
    "secrets.json",
  );
  const text = readFileSync(file, "utf8");
  for (const secret of [...Object.values(planted), key, "cookie-of-the-user"]) expect(text).not.toContain(secret);
  expect(text.split("\n").length).toBeGreaterThan(20);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { exchanges } = JSON.parse(text) as { exchanges: { response: { sse: string[] } }[] };
  const said = eventsOf(exchanges[0]!.response.sse.join(""))
    .flatMap((event) => event.choices as { delta?: { content?: string } }[])
    .map((choice) => choice.delta?.content ?? "")
    .join("");
  expect(said).toBe("Use REDACTED or REDACTED, and REDACTED;");
});

/** An endpoint that says what it was sent, headers too, and sets a cookie; streamed with CRLF where the path asks for it. */
async function echo(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const key = String(request.headers["api-key"]);
      if (request.url === "/stream") {
        const event = (delta: string) => `data:{"type":"response.output_text.delta","item_id":"i","delta":"${delta}"}\r\n\r\n`;
        response.writeHead(200, { "content-type": "text/event-stream" });
        return response.end(`${event(key.slice(0, 9))}${event(key.slice(9))}`);
      }
      response.writeHead(200, { "content-type": "application/json", "x-echoed": key, "set-cookie": "sid=cookie-of-the-service" });
      return response.end(JSON.stringify({ body, headers: request.headers }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}

test("secrets in odd places are found: in queries, forms, base64, names, lists, other headers, and where a service echoes them", async () => {
  const file = join(folder, "odd.json");
  const key = "a key/without=a+shape";
  const basic = Buffer.from("user:basic-pass-12").toString("base64");
  {
    await using upstream = await echo();
    await using recorder = await startEmulator({ record: { file, upstream: upstream.url } });
    const send = async (path: string, headers: Record<string, string>, body: unknown): Promise<void> => {
      const type = typeof body === "string" ? "multipart/form-data; boundary=x" : "application/json";
      const text = typeof body === "string" ? body : JSON.stringify(body);
      await fetch(`${recorder.url}${path}`, { method: "POST", headers: { "content-type": type, ...headers }, body: text });
    };
    await send("/stream", { "API-Key": key }, {});
    await send(
      `/in/${encodeURIComponent(key)}`,
      { "api-key": key },
      { [key]: 1, packed: Buffer.from(`x ${key}`).toString("base64") },
    );
    await send("/?Subscription-Key=query-key-1234&sig=query-sig-1234", {}, { text: "query-key-1234" });
    await send("/", { authorization: `basic ${basic}` }, { text: "basic-pass-12" });
    await send("/", { "x-auth-token": "auth-token-123", "x-goog-api-key": "goog-key-1234" }, { text: "auth-token-123" });
    await send("/", {}, '--x\r\ncontent-disposition: form-data; name="client_secret"\r\n\r\nform-secret-12\r\n--x--');
    const nested = {
      "Client-Secret": ["list-secret-1"],
      password: { value: "object-pass-1" },
      AZURE_OPENAI_API_KEY: 1234567890123,
    };
    await send("/", {}, { nested, arguments: JSON.stringify({ apiKey: "argument-key-1" }) });
    await send("/", {}, { text: "OPENAI_KEY=setting-key-1, see https://me:url-pass-123@example.org" });
  }
  const text = readFileSync(file, "utf8");
  const planted = [key, encodeURIComponent(key), Buffer.from(`x ${key}`).toString("base64"), basic, "cookie-of-the-service"];
  const named =
    `query-key-1234 query-sig-1234 basic-pass-12 auth-token-123 goog-key-1234 form-secret-12 list-secret-1 object-pass-1
    1234567890123 argument-key-1 setting-key-1 url-pass-123`.split(/\s+/);
  for (const secret of [...planted, ...named, key.slice(0, 9)]) expect(text).not.toContain(secret);
  expect(JSON.parse(text)).toMatchObject({ exchanges: { length: 8 } });
});

test("what only sounds like a secret is kept: tokens of a model, rate headers, schemas and prose", async () => {
  const redactor = new Redactor();
  const kept = {
    logprobs: [{ token: " secretary", logprob: -0.1 }],
    max_tokens: 100,
    prompt_cache_key: "handbook",
    id: `resp_${"0123456789abcdef".repeat(3)}`,
    parameters: { properties: { password: { type: "string", description: "At least twelve characters." } } },
    text: "The password: never shared. Tokens are counted. API keys expire.",
  };
  expect(redactor.json(kept)).toEqual(kept);
  expect(redactor.headers({ "x-ratelimit-key": "default", "x-ratelimit-remaining-tokens": "12" })).toEqual({
    "x-ratelimit-key": "default",
    "x-ratelimit-remaining-tokens": "12",
  });
});

test("a request that matches nothing fails with a diff to the nearest recorded one", async () => {
  const exchange = (input: string, temperature: number) => ({
    request: {
      method: "POST",
      path: responsesPath,
      headers: {},
      body: { model: "default", input: [{ role: "user", content: input }], temperature },
    },
    response: { status: 200, headers: {}, body: {}, sse: null },
  });
  await withEmulator({ replay: [exchange("far away", 0.1), exchange("How many days?", 1)] }, async (replayer) => {
    const asked = { model: "default", input: [{ role: "user", content: "How many days of leave?" }], temperature: 1 };
    const sent = await sendTo(replayer, responsesPath, asked);
    expect([sent.status, errorOf(sent).code, sent.headers.get("x-should-retry")]).toEqual([
      400,
      "emulator_no_recording",
      "false",
    ]);
    expect(errorOf(sent).message).toBe(
      `No recorded POST ${responsesPath} matches. The nearest is exchange 2; it differs in:\ninput[0].content: recorded "How many days?", asked "How many days of leave?"`,
    );
    expect(errorOf(await sendTo(replayer, chatPath, asked)).message).toContain(`The cassette holds no POST ${chatPath}.`);
  });
});

test("the same request gets its answers in the order they were recorded, then the last one again", async () => {
  const answer = (text: string) => ({
    request: { method: "POST", path: responsesPath, headers: {}, body: {} },
    response: { status: 200, headers: {}, body: { text }, sse: null },
  });
  await withEmulator({ replay: [answer("one"), answer("two")] }, async (replayer) => {
    const texts = [];
    for (let i = 0; i < 3; i++) texts.push((await sendTo(replayer, responsesPath, {})).body.text);
    expect(texts).toEqual(["one", "two", "two"]);
  });
});

test("recorded with the endpoint's key, clients use the emulator's own", async () => {
  const file = join(folder, "own-key.json");
  await using upstream = await startEmulator();
  await using recorder = await startEmulator({ record: { file, upstream: `${upstream.url}/`, key: upstream.key } });
  const body = { model: "default", input: "hi" };
  expect((await sendTo(recorder, responsesPath, body)).status).toBe(200);
  expect((await sendTo(recorder, responsesPath, body, { anonymous: true })).status).toBe(401);
});

test("a broken cassette, a missing one and an upstream that is no address are told at the start", async () => {
  const broken = join(folder, "broken.json");
  writeFileSync(broken, '{"exchanges":[{}]}');
  await expect(startEmulator({ replay: broken })).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining("no request"),
  });
  await expect(startEmulator({ replay: join(folder, "none.json") })).rejects.toMatchObject({ code: "config" });
  await expect(startEmulator({ record: { file: broken, upstream: "example.com" } })).rejects.toMatchObject({ code: "config" });
  const both = { record: { file: join(folder, "both.json"), upstream: "http://127.0.0.1:1" }, replay: [] };
  await expect(startEmulator(both)).rejects.toMatchObject({ code: "config", message: expect.stringContaining("at once") });
  const nowhere = { file: join(folder, "no", "folder.json"), upstream: "http://127.0.0.1:1" };
  await expect(startEmulator({ record: nowhere })).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining("written"),
  });
});

test("an upstream that cannot be reached is a 502 in Azure's shape", async () => {
  const gone = await startEmulator();
  await gone.close();
  await withEmulator({ record: { file: join(folder, "gone.json"), upstream: gone.url } }, async (recorder) => {
    const sent = await sendTo(recorder, responsesPath, {});
    expect([sent.status, errorOf(sent).code]).toEqual([502, "emulator_upstream"]);
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
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
});

test("an upstream that cannot be reached is a 502 in Azure's shape", async () => {
  const gone = await startEmulator();
  await gone.close();
  await withEmulator({ record: { file: join(folder, "gone.json"), upstream: gone.url } }, async (recorder) => {
    const sent = await sendTo(recorder, responsesPath, {});
    expect([sent.status, errorOf(sent).code]).toEqual([502, "emulator_upstream"]);
  });
});

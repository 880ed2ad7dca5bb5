import { expect, test } from "vitest";
import { chatPath, errorOf, eventsOf, responsesPath, type Sent, sendTo, withEmulator } from "./support.ts";

const messages = [{ role: "user", content: "hi" }];
const search = { type: "function", function: { name: "search", parameters: { type: "object", properties: {} } } };

interface Told {
  readonly token: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
}
interface Choice {
  readonly index: number;
  readonly finish_reason: string | null;
  readonly logprobs: { readonly content: readonly Told[] | null; readonly refusal: readonly Told[] | null } | null;
  readonly message: { readonly content: string; readonly tool_calls?: readonly { readonly id: string }[] };
  readonly delta: { readonly content?: string };
}
const choicesOf = (body: Record<string, unknown>): readonly Choice[] => body.choices as Choice[];
const usageOf = (body: Record<string, unknown>): Record<string, number> => body.usage as Record<string, number>;
const streamed = (sent: Sent): readonly Choice[] => eventsOf(sent.text).flatMap((chunk) => choicesOf(chunk));

/** What is told holds together: tokens make the text, nothing is likelier than certain, alternatives come likeliest first. */
function expectLikely(told: readonly Told[], text: string, alternatives: number): void {
  expect(told.map(({ token }) => token).join("")).toBe(text);
  for (const { token, bytes, logprob, top_logprobs } of told) {
    expect(Buffer.from(bytes).toString()).toBe(token);
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top_logprobs).toHaveLength(alternatives);
    const likelihoods = top_logprobs.map((each) => each.logprob);
    expect(likelihoods).toEqual([...likelihoods].sort((a, b) => b - a));
    if (alternatives > 0) expect(top_logprobs[0]).toMatchObject({ token, logprob });
    expect(new Set(top_logprobs.map((each) => each.token)).size).toBe(alternatives);
  }
}

test("n answers come with indexes of their own and are all paid for", async () => {
  await withEmulator({ script: () => ({ text: "It is blue." }) }, async (emulator) => {
    const one = await sendTo(emulator, chatPath, { model: "classic", messages });
    const three = await sendTo(emulator, chatPath, { model: "classic", messages, n: 3 });
    expect(choicesOf(three.body).map(({ index, message }) => [index, message.content])).toEqual([
      [0, "It is blue."],
      [1, "It is blue."],
      [2, "It is blue."],
    ]);
    expect(usageOf(three.body).completion_tokens).toBe(3 * usageOf(one.body).completion_tokens!);
  });
});

test("n answers are streamed side by side, each to its own end", async () => {
  await withEmulator({ script: () => ({ text: "It is blue." }) }, async (emulator) => {
    const choices = streamed(await sendTo(emulator, chatPath, { model: "classic", messages, n: 2, stream: true }));
    expect(choices.slice(0, 4).map(({ index }) => index)).toEqual([0, 1, 0, 1]);
    for (const index of [0, 1]) {
      const own = choices.filter((choice) => choice.index === index);
      expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe("It is blue.");
      expect(own.at(-1)?.finish_reason).toBe("stop");
    }
  });
});

test("the calls of each answer have ids of their own", async () => {
  await withEmulator({ script: () => ({ toolCalls: [{ name: "search", arguments: "{}" }] }) }, async (emulator) => {
    const { body } = await sendTo(emulator, chatPath, { model: "classic", messages, tools: [search], n: 2 });
    const ids = choicesOf(body).map(({ message }) => message.tool_calls?.[0]?.id);
    expect(new Set(ids).size).toBe(2);
  });
});

test("log probabilities cover the text, on chat whole and streamed, and are the same for the same request", async () => {
  const text = "Grüße, it is 42.";
  await withEmulator({ script: () => ({ text }) }, async (emulator) => {
    const body = { model: "classic", messages, logprobs: true, top_logprobs: 3 };
    const sent = await sendTo(emulator, chatPath, body);
    const [choice] = choicesOf(sent.body);
    expectLikely(choice!.logprobs!.content!, text, 3);
    expect(choice!.logprobs!.refusal).toBeNull();
    expect((await sendTo(emulator, chatPath, body)).text).toBe(sent.text);
    const chunks = streamed(await sendTo(emulator, chatPath, { ...body, stream: true }));
    expectLikely(
      chunks.flatMap(({ logprobs }) => logprobs?.content ?? []),
      text,
      3,
    );
    expect(choicesOf((await sendTo(emulator, chatPath, { model: "classic", messages })).body)[0]!.logprobs).toBeNull();
  });
});

test("log probabilities come on Responses where they are included, whole and streamed", async () => {
  const text = "It is blue.";
  await withEmulator({ script: () => ({ text }) }, async (emulator) => {
    const body = { model: "classic", input: "hi", include: ["message.output_text.logprobs"], top_logprobs: 2 };
    const whole = (await sendTo(emulator, responsesPath, body)).body.output as { content: { logprobs: Told[] }[] }[];
    expectLikely(whole[0]!.content[0]!.logprobs, text, 2);
    const events = eventsOf((await sendTo(emulator, responsesPath, { ...body, stream: true })).text);
    const deltas = events.filter((event) => event.type === "response.output_text.delta");
    expectLikely(
      deltas.flatMap((event) => event.logprobs as Told[]),
      text,
      2,
    );
    const done = events.find((event) => event.type === "response.output_text.done");
    expectLikely(done?.logprobs as Told[], text, 2);
  });
});

test("a reasoning model gives one answer and no log probabilities", async () => {
  await withEmulator({}, async (emulator) => {
    const refusal = async (path: string, body: object) => errorOf(await sendTo(emulator, path, { model: "default", ...body }));
    expect((await refusal(chatPath, { messages, n: 2 })).message).toBe(
      "Unsupported value: 'n' does not support 2 with this model. Only the default (1) value is supported.",
    );
    expect(await refusal(chatPath, { messages, logprobs: true })).toMatchObject({
      param: "logprobs",
      code: "unsupported_parameter",
    });
    expect((await refusal(responsesPath, { input: "hi", top_logprobs: 1 })).message).toBe(
      "logprobs are not supported with reasoning models.",
    );
  });
});

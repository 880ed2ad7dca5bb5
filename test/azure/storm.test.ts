import { expect, test } from "vitest";
import { parseFault } from "../../src/emulator/faults/catalogue.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { collect, failureOf, modelAt } from "./support.ts";

const questions = 80;
/** Faults of all kinds, each as likely: together they strike 30 % of the requests. Silence is left out, since it takes real time. */
const kinds = [
  ...["cut", "early-end", "reset", "html-502", "html-200", "408", "500", "502", "503", "504", "429:0", "malformed-event"],
  ...["throttle-a:0", "throttle-b:0", "throttle-c:0"],
];
/** In chat nothing shows that these happened: its events have no numbers, and its text comes once. */
const seenInResponses = ["duplicate-event", "drop-event"];

const answerTo = (question: string): string =>
  `You asked: ${question}. ${Array.from({ length: 12 }, (_, i) => `word ${i}`).join(", ")}.`;

test.each([
  ["responses", [...kinds, ...seenInResponses]],
  ["chat", kinds],
] as const)(
  "in a storm of faults on %s no answer is wrong, and only a question whose four attempts all failed is lost",
  async (api, names) => {
    const chance = 1 - 0.7 ** (1 / names.length);
    await using emulator = await startEmulator({
      script: (messages) => ({ text: answerTo(messages.at(-1)!.text) }),
      config: { faults: names.map((name) => ({ fault: parseFault(name), chance })) },
    });
    const deployment = api === "chat" ? "classic" : "default";
    const model = modelAt(emulator.url, { api, deployment, credential: { type: "api_key", key: emulator.key } });
    const ask = async (question: string): Promise<"ok" | "lost" | "wrong"> => {
      const got = collect(model, { messages: [{ role: "user", content: question }] });
      if ((await failureOf(got)) !== undefined) return "lost";
      return (await got).text === answerTo(question) ? "ok" : "wrong";
    };
    const outcomes = new Map<string, string>();
    for (let first = 0; first < questions; first += 10) {
      const batch = Array.from({ length: 10 }, (_, i) => `question ${first + i};`);
      await Promise.all(batch.map(async (question) => outcomes.set(question, await ask(question))));
    }
    const attempts = (question: string): number =>
      emulator.requests.filter(({ body }) => JSON.stringify(body).includes(question)).length;
    const lost = [...outcomes].filter(([, outcome]) => outcome === "lost").map(([question]) => question);
    expect([...outcomes.values()].filter((outcome) => outcome === "wrong")).toEqual([]);
    expect(lost.map(attempts)).toEqual(lost.map(() => 4));
    expect(lost.length).toBeLessThan(questions / 10);
    expect(emulator.requests.length).toBeGreaterThan(questions * 1.1);
    expect(emulator.requests.length).toBeLessThanOrEqual(questions * 1.5);
  },
);

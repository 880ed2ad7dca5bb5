import { expect, test } from "vitest";
import { extractiveBrain } from "../../src/emulator/brain/extractive.ts";
import { questionParts } from "../../src/emulator/brain/question.ts";
import { stem } from "../../src/emulator/brain/words.ts";
import { searching, shown } from "./brain-support.ts";

const mentioned = [
  "boats/loans.md > Boat loans > Telling us",
  "Write the change into the Capstan.",
  "| What | How |",
  "| a leak | Capstan |",
] as const;
const explained = {
  table: ["words.md > Words > Tools", "| Name | What it is |", "| Capstan | the book of boats; see [loans](loans.md) |"],
  label: ["words.md > Words", "**Capstan**: the book of boats."],
  sentence: ["words.md > Words", "The Capstan is the book of boats."],
  cited: ["words.md > Words", '"Capstan" (our word) means the book of boats.'],
  section: ["capstan.md > Capstan", "# Capstan", "Every boat stands in the book of boats.", "Write into it what you break."],
  heading: ["faq.md > What is the Capstan in relation to boats?", "It holds the book of boats.", "Nobody may take it home."],
  question: ["faq.md > Questions", "Q: What is the Capstan?", "A: It holds the book of boats."],
} as const;

test.each(Object.entries(explained))("what a thing is is told by a %s, not by a line that only names it", (_form, passage) => {
  const reply = searching("What is Capstan?", shown(mentioned, passage));
  expect(reply).toContain("book of boats");
  expect(reply).not.toContain("Write the change");
});

test.each([
  ["What is an anchor watch?", "Anchor watch is kept by two members."],
  ["What is an anchor watch?", "1. **Anchor watch** (at night): two members stay awake."],
  ["What is Thekla?", "«Thekla» means the large boat."],
  ["Was ist Ankerwache?", "Die Ankerwache ist der Dienst bei Nacht."],
  ["Qu'est-ce que le cabestan ?", "Le cabestan est le treuil du bateau."],
])("%s: answered by: %s", (question, line) => {
  expect(searching(question, shown(["night.md > Nights > At sea", "Two members at a time.", line]))).toContain(
    line.replace(/^1\. /, ""),
  );
});

test("the first under a heading that names all but a common word of the thing tells what it is", () => {
  const page = shown(["calendar.md > Holidays", "# Holidays", "The club is closed on Monday of the regatta."]);
  expect(searching("What are club holidays?", page)).toContain("[[k3f9.none]]");
  expect(searching("What are staff holidays?", page)).toContain("Monday of the regatta");
});

test("what stands under a question of another kind does not tell what a thing is", () => {
  const page = shown(["faq.md > Are boats paid with the Capstan?", "No, use cash."]);
  expect(searching("What is the Capstan?", page)).toContain("cash");
  expect(searching("What is Capstan?", page)).toContain("[[k3f9.none]]");
});

test("links that lead nowhere from an answer are left out of rows, too", () => {
  expect(searching("What is Capstan?", shown(explained.table))).toBe(
    "Name: Capstan; What it is: the book of boats; see loans [[k3f9.1-2]]",
  );
});

test("a thing that is only named is looked for where words are explained, and then declined", () => {
  const searches: string[] = [];
  const reply = searching("What is Capstan?", shown(mentioned), searches);
  expect(searches).toEqual(['{"query":"capstan"}', '{"query":"capstan glossary"}']);
  expect(reply).toContain("[[k3f9.none]]");
  const german: string[] = [];
  searching("Was ist Capstan?", shown(mentioned), german);
  expect(german.at(-1)).toBe('{"query":"capstan glossar"}');
});

test.each([
  ["What is Capstan?", "definition"],
  ["what's a boat keeper", "definition"],
  ["What does COB mean?", "definition"],
  ["Was bedeutet Kielholen?", "definition"],
  ["Qu'est-ce que le cabestan ?", "definition"],
  ["What is the dress code?", "open"],
  ["What is the fee for a boat?", "count"],
  ["What does a boat cost?", "money"],
  ["What do keepers check?", "open"],
  ["What's new?", "open"],
  ["What are opening hours?", "count"],
])("%s asks for: %s", (question, expects) => {
  expect(questionParts(question).map((part) => part.expects)).toEqual([expects]);
});

test.each(["What is a staff car?", "Who gets a staff car?", "Do we get staff cars?"])(
  "%s: pages on another thing of the club that only name a car are no answer",
  (question) => {
    const page = shown(
      [
        "things/keys.md > Things > Staff keys",
        "## Staff keys",
        "- The keeper has them.",
        "- Do not leave one in a car, not even in the boot.",
      ],
      ["money/cards.md > Staff cards > Using it", "## Using it", "A staff card pays for oil, not for the fuel of a private car."],
    );
    expect(searching(question, page)).toContain("[[k3f9.none]]");
  },
);

test("a page on other things of the staff that names the very thing answers", () => {
  const page = shown(["things.md > Things > Staff benefits", "## Staff benefits", "Who has served ten years gets a staff car."]);
  expect(searching("Who gets a staff car?", page)).toContain("Who has served ten years gets a staff car.");
});

test("a car is no care, a site no sitting, and their own forms belong together", () => {
  expect(stem("care")).not.toBe(stem("car"));
  expect(stem("wine")).not.toBe(stem("win"));
  for (const [one, other] of [
    ["cares", "care"],
    ["cared", "care"],
    ["caring", "care"],
    ["planes", "plane"],
    ["sites", "site"],
    ["cars", "car"],
  ] as const) {
    expect([one, stem(one)]).toEqual([one, stem(other)]);
  }
});

test("a question of what a thing is does not keep other tools from being called", () => {
  const weather = {
    name: "get_weather",
    description: "Current weather of a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  };
  const request = {
    messages: [{ role: "user", text: "What is the weather in Oslo?" }],
    tools: [weather],
    toolChoice: "auto",
  } as const;
  expect(extractiveBrain(request).toolCalls).toEqual([{ name: "get_weather", arguments: '{"city":"Oslo"}' }]);
});

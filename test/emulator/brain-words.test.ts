import { expect, test } from "vitest";
import type { BrainMessage } from "../../src/emulator/brain/brain.ts";
import { extractiveBrain } from "../../src/emulator/brain/extractive.ts";
import { contentStems, likeness, mayBeTypo, stem } from "../../src/emulator/brain/words.ts";

const search = {
  name: "notes__look_up",
  description: "Searches the notes of the gardening club.",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

/** What the brain says to a question when each search it makes brings the next of these results; the last one again and again. */
function told(question: string, ...results: readonly string[]): string {
  const messages: BrainMessage[] = [{ role: "user", text: `${question}\n[turn date=2026-11-23 key=k3f9]` }];
  for (let round = 0; round < 4; round++) {
    const reply = extractiveBrain({ messages, tools: [search], toolChoice: "auto" });
    if (reply.toolCalls === undefined) return reply.text ?? "";
    const calls = reply.toolCalls.map((call, index) => ({ ...call, id: `call_${round}_${index}` }));
    messages.push({ role: "assistant", text: "", toolCalls: calls });
    for (const { id, name } of calls)
      messages.push({ role: "tool", text: results[Math.min(round, results.length - 1)]!, callId: id, name });
  }
  return "";
}

/** A passage as the client shows it. */
const passage = (title: string, ...lines: readonly string[]): string =>
  [`--- ${title}`, ...lines.map((line, index) => `[[k3f9.${index + 1}]] ${line}`)].join("\n");

test.each([
  ["sabatical", "sabbatical"],
  ["milage", "mileage"],
  ["bycicle", "bicycle"],
  ["yeras", "years"],
  ["recieve", "receive"],
  ["reimbursment", "reimbursements"],
  ["wheelbarow", "wheelbarrows"],
])("%s is a slip of the key for %s", (typed, meant) => {
  expect(stem(typed) === stem(meant) || mayBeTypo(stem(typed), stem(meant))).toBe(true);
});

test.each([
  ["spilt", "spill"],
  ["burnt", "burned"],
  ["took", "taken"],
  ["spoken", "speaks"],
])("%s is a form of %s", (form, other) => {
  expect(stem(form)).toBe(stem(other));
});

test.each([
  ["remote", "removal"],
  ["profile", "profit"],
  ["animal", "animate"],
])("%s and %s begin alike and are no family", (one, other) => {
  expect(likeness(stem(one), stem(other))).toBe(0);
});

test.each([
  ["respond", "response"],
  ["believe", "belief"],
  ["absence", "absent"],
  ["describe", "description"],
  ["reimburse", "reimbursement"],
])("%s and %s are of one family", (one, other) => {
  expect(likeness(stem(one), stem(other))).toBeGreaterThan(0);
});

test("past forms of small words say as little as these", () => {
  expect(contentStems("found, given, took, went and known in the shed")).toEqual(["shed"]);
});

test("where to leave a car is told by what is said of parking", () => {
  const gate = passage("garden.md > The garden > North gate", "Rose Lane 3.", "- **Parking:** four places behind the hedge.");
  expect(told("where can I leave my car at the north gate", gate)).toContain("four places behind the hedge");
});

test.each([
  ["mole", "mile"],
  ["rake", "rate"],
  ["hose", "rose"],
  ["spade", "shade"],
  ["contact", "contract"],
])("%s is another word than %s where both are known", (typed, other) => {
  const reply = told(
    `what does the ${typed} cost`,
    passage("shed.md > Prices", `The ${typed} costs 4 crowns in spring.`, `The ${other} costs 9 crowns in spring.`),
  );
  expect(reply).toContain(`The ${typed} costs 4 crowns in spring. [[`);
});

const rooms = passage(
  "places.md > Places > Meeting places",
  "| Place | Garden | Seats |",
  "| Pergola | north | 12 |",
  "| Gazebo | south | 6 |",
  "We sweep them on Fridays.",
);

test("a name that only the second search finds is answered from the row that bears it", () => {
  const first = passage("start.md > The club", "Many people fit plants to their soil.");
  expect(told("how many people fit in the gazebo", first, rooms)).toContain("Place: Gazebo; Garden: south; Seats: 6");
});

test("an amount in words is the amount in signs", () => {
  const dues = passage("dues.md > Who approves", "| Price | Approved by |", "| over £20 | the committee |");
  expect(told("who has to approve a price of 30 pounds", dues)).toContain("the committee");
});

const fairs = passage(
  "fairs.md > Fairs",
  "# 2026",
  "| Fair | Day |",
  "| Plant fair | Sunday 3 May |",
  "# 2027",
  "| Fair | Day |",
  "| Plant fair | Sunday 2 May |",
);

test("a year is answered from the table under that year, and another year not at all", () => {
  expect(told("when is the plant fair in 2027", fairs)).toContain("Sunday 2 May");
  expect(told("when is the plant fair in 2026", fairs)).toContain("Sunday 3 May");
  expect(told("when is the plant fair in 2028", fairs)).toContain("[[k3f9.none]]");
});

const leaving = passage(
  "leaving.md > Leaving > The deposit",
  "- The deposit may be paid back when you leave; see [here](../shed.md#end).",
);
const fees = passage("fees.md > Fees", "Every plot pays its fee in spring.");
const shed = passage("shed.md > The shed > The end", "Half of the deposit comes back when you leave with a clean record.");

test("a line that refers to a page which was found gives way to what stands there", () => {
  const question = "what of the shed deposit when I leave";
  expect(told(question, [leaving, fees].join("\n\n"))).toMatch(/^The deposit may be paid back/);
  expect(told(question, [leaving, fees, fees, fees, fees, shed].join("\n\n"))).toMatch(/^Half of the deposit/);
});

test("links that lead nowhere from an answer keep their words only, and one item alone is no list", () => {
  const reply = told(
    "how is the compost turned",
    passage("beds.md > Compost", "- Compost is turned with the [fork](tools.md#fork) weekly."),
  );
  expect(reply).toMatch(/^Compost is turned with the fork weekly\. \[\[/);
});

test("what is the policy on a subject is answered by the section on it, not by a part that mentions it", () => {
  const part = passage(
    "dogs.md > Dogs > Large dogs at the gate",
    "Large dogs wait beside the gate until somebody opens it, says the policy.",
  );
  const whole = passage("rules.md > Dog policy", "They stay on the lead between the beds.").replace("k3f9.1", "k3f9.2");
  expect(told("what is the dog policy", `${part}\n\n${whole}`)).toMatch(/^They stay on the lead/);
});

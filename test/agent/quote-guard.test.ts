import { expect, test } from "vitest";
import { run } from "../../src/agent/loop.ts";
import { createPolicy } from "../../src/agent/policy.ts";
import { flagQuotes } from "../../src/agent/quote-guard.ts";
import { calls, collect, markersIn, says, scripted, toolboxOf } from "../support/fakes.ts";

const source = "Every new parent may take **20 weeks** at full pay, or 26 weeks\nat 80 percent. Ask People Operations first.";
const flags = (answer: string, ...quotes: readonly string[]) =>
  flagQuotes(answer, quotes.length === 0 ? [source] : quotes, () => false).map(({ text }) => text);

test.each([
  '"Every new parent may take 20 weeks at full pay" [1].',
  "“every new parent may take 20 weeks at full pay,” [1]",
  "„may take 20 weeks at full pay“ [1]",
  "«20 weeks at full pay, or 26 weeks at 80 percent» [1]",
  '"Every new parent may take … 26 weeks at 80 percent" [1]',
  '"[e]very new parent may take **20 weeks** [...] at 80 percent." [1]',
  "> Every new parent may take 20 weeks at full pay [1]",
  'You could write "I would like to go on leave in May, please" to them [1].',
  'The "leave of parents policy" says so [1].',
  'It is "fully paid" [1].',
])("%j says what the source says, or quotes nothing", (answer) => {
  expect(flags(answer)).toEqual([]);
});

test.each([
  ['The handbook says "Every new parent may take 30 weeks at full pay" [1].', "Every new parent may take 30 weeks at full pay"],
  ["“Fathers are not entitled to any leave.” [1]", "Fathers are not entitled to any leave."],
  ['"Every new parent may take … a whole year off work" [1][2]', "a whole year off work"],
  ["> Fathers are not entitled to any leave. [1]", "Fathers are not entitled to any leave."],
])("%j is flagged: it bears a citation, and the source does not say it", (answer, words) => {
  expect(flags(answer)).toEqual([expect.stringContaining(words)]);
});

test("quotes in scripts without spaces are checked, too", () => {
  const japanese = "育児休暇は20週間です。給与は全額支給されます。";
  expect(flags("「育児休暇は20週間です」[1]", japanese)).toEqual([]);
  expect(flags("「育児休暇は30週間です」[1]", japanese)).toHaveLength(1);
});

test("an answer without citations is not judged", () => {
  expect(flagQuotes('"Fathers are not entitled to any leave" [1]', [], () => false)).toEqual([]);
});

test("a quote with the marker of its neighbour is the source's own all the same, an invented one is flagged", async () => {
  const said = (quote: string) =>
    scripted(calls({ id: "c1", name: "search", arguments: "{}" }), (request) => says(`"${quote}" [[${markersIn(request)[0]}]]`));
  const answer = async (quote: string) => {
    const toolbox = toolboxOf({ search: () => source });
    const policy = createPolicy({ allow: ["*"] });
    return (await collect(run({ model: said(quote), toolbox, policy, question: "leave?" }))).at(-1);
  };
  expect(await answer("Ask People Operations first")).toMatchObject({ flags: [] });
  expect(await answer("Ask nobody about it first")).toMatchObject({ flags: [{ kind: "quote" }] });
});

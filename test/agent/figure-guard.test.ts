import { expect, test } from "vitest";
import { flagFigures } from "../../src/agent/figure-guard.ts";
import type { Citation } from "../../src/core/events.ts";

const cite = (...quotes: readonly string[]): Citation[] =>
  quotes.map((quote, i) => ({
    marker: `[${i + 1}]`,
    server: "kb",
    uri: `kb://x/${i}`,
    path: "x.md",
    title: null,
    heading: null,
    quote,
    verified: true,
  }));
const flags = (answer: string, ...quotes: readonly string[]) => flagFigures(answer, cite(...quotes)).map((flag) => flag.text);

/** [quote, answers that say the same, answers that say another figure] */
const facts: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    "Every new parent may take 20 weeks at full pay.",
    [
      "You get 20 weeks. [1]",
      "Twenty weeks at full pay [1].",
      "Du får 20 uker [1].",
      "**20** weeks",
      "Vous avez 20 semaines.",
      "Vingt semaines à plein salaire.",
    ],
    ["You get 22 weeks. [1]", "Twelve weeks at full pay [1].", "Du får 2 uker.", "Dix semaines.", "200 weeks", "20.5 weeks"],
  ],
  [
    "The annual budget is $4,000 per employee.",
    ["The budget is $4,000.", "4000 dollars a year", "USD 4,000", "$4k a year", "4 000 $"],
    ["The budget is $4,500.", "$400", "€4,000", "4,000 € per year", "$40,000", "$4.5k"],
  ],
  [
    "Das Budget beträgt 1.250,50 € im Jahr.",
    ["Es sind 1.250,50 €.", "1250,50 Euro", "The budget is €1,250.50.", "1 250,50 €"],
    ["Es sind 1.250,05 €.", "1.520,50 €", "€1,205.50", "125,05 €", "$1,250.50"],
  ],
  [
    "Claims must be filed by 15 January 2027.",
    [
      "File by 15 January 2027.",
      "by January 15, 2027",
      "by 2027-01-15",
      "bis 15. Januar 2027",
      "innen 15. januar 2027",
      "before 15/01/2027",
      "by 15 January",
      "2027年1月15日まで",
      "avant le 15 janvier 2027",
    ],
    [
      "File by 16 January 2027.",
      "by January 15, 2026",
      "by 2027-02-15",
      "bis 15. Februar 2027",
      "15 juin 2027",
      "before 15/07/2027",
      "2027年1月25日まで",
    ],
  ],
  [
    "Fristen er 31. desember hvert år.",
    ["Fristen er 31. desember.", "The deadline is 31 December.", "am 31. Dezember"],
    ["Fristen er 30. desember.", "The deadline is 31 October.", "am 13. Dezember"],
  ],
  [
    "Meals are paid up to £35 a day and hotels up to £140 a night.",
    ["Meals: £35, hotels: £140.", "Up to 35 pounds for meals", "£ 140 a night"],
    ["Meals: £45.", "hotels up to £410", "£3.50 a day", "up to €35"],
  ],
  [
    "Core hours are 10:00 to 15:00.",
    ["From 10:00 to 15:00.", "10 am to 3 pm", "10 Uhr bis 15 Uhr", "10h00 à 15h00", "10:00–15:00"],
    ["From 10:30 to 15:00.", "9 am to 3 pm", "10 Uhr bis 16 Uhr", "until 5 pm"],
  ],
  [
    "Write to people-ops@saltmarrow.example or call +44 1632 960 123.",
    [
      "Write to people-ops@saltmarrow.example.",
      "Mail People-Ops@Saltmarrow.example",
      "Call +44 1632 960123.",
      "call +441632960123",
    ],
    ["Write to people@saltmarrow.example.", "people-ops@saltmarrow.com", "Call +44 1632 960 124.", "+44 1632 906 123"],
  ],
  [
    "The form is at https://intranet.example/forms/leave.",
    [
      "See https://intranet.example/forms/leave",
      "https://intranet.example/forms/leave/ has it",
      "(http://intranet.example/forms/leave)",
    ],
    ["See https://intranet.example/forms/vacation", "https://intranet.evil.example/forms/leave", "www.intranet.example"],
  ],
  [
    "You pay 5 % of your salary, the company 12.5%.",
    ["You pay 5%, the company 12.5 %.", "12,5 Prozent", "fünf Prozent", "five percent"],
    ["You pay 6%.", "the company 15.2%", "fünfzehn Prozent", "0.5 %"],
  ],
  [
    "有給休暇は年に25日です。",
    ["25日です。", "２５日の有給休暇", "You have 25 days."],
    ["26日です。", "２０日の有給休暇", "52 days"],
  ],
  [
    "Die Kündigungsfrist beträgt drei Monate.",
    ["3 Monate", "drei Monate", "three months", "3 months"],
    ["4 Monate", "sechs Monate", "two weeks", "13 months"],
  ],
  ["إجازة الوالدين ٢٠ أسبوعا.", ["٢٠ أسبوعا", "20 weeks", "۲۰"], ["٢١ أسبوعا", "12 weeks"]],
  [
    "Sixty-five percent is reimbursed after 90 days.",
    ["65% after 90 days", "65 percent", "Sixty-five percent"],
    ["56%", "75 percent after 90 days", "after 60 days"],
  ],
  [
    "The plan covers 1,500,000 people and costs 2.3 million euros.",
    ["1.5 million people", "1 500 000 people", "€2.3 million", "2,300,000 euros"],
    ["15 million people", "1,500 people", "€3.2 million"],
  ],
  ["Room 4.12 holds 14 people.", ["14 people fit in room 4.12.", "4.12"], ["41 people", "Room 4.21"]],
];

test("figures that the quotes bear out are not flagged, whatever their format and language", () => {
  const falseFlags = facts.flatMap(([quote, right]) =>
    right.flatMap((answer) => flags(answer, quote).map((flag) => `${answer} -> ${flag}`)),
  );
  expect(falseFlags).toEqual([]);
});

test("figures that no quote says are flagged", () => {
  const missed = facts.flatMap(([quote, , wrong]) =>
    wrong.filter((answer) => flags(answer, quote).length === 0).map((answer) => `${quote} <- ${answer}`),
  );
  expect(missed).toEqual([]);
});

test("of 200 planted figures at least 195 are flagged, and of 200 right ones at most 4", () => {
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % n;
  };
  const units = ["days", "Tage", "uker", "semaines", "%", "€", "hours", "km", "people", "points"];
  const format = [
    (n: number) => String(n),
    (n: number) => n.toLocaleString("en"),
    (n: number) => n.toLocaleString("de"),
    (n: number) => n.toLocaleString("fr"),
    (n: number) => `${n.toLocaleString("en")}.00`,
  ];
  let flagged = 0;
  let falseFlags = 0;
  for (let i = 0; i < 200; i++) {
    const right = random(4) === 0 ? 1000 + random(90_000) : 2 + random(400);
    let wrong = right;
    while (wrong === right || wrong === 14) wrong = Math.max(2, right + random(41) - 20);
    const [unit, write, rewrite] = [units[random(units.length)]!, format[random(4)]!, format[random(5)]!];
    const quote = `The limit for level 14 is ${write(right)} ${unit} in the year.`;
    if (flags(`It is ${rewrite(wrong)} ${unit}. [1]`, quote).length > 0) flagged++;
    if (flags(`It is ${rewrite(right)} ${unit}. [1]`, quote).length > 0) falseFlags++;
  }
  expect(flagged).toBeGreaterThanOrEqual(195);
  expect(falseFlags).toBeLessThanOrEqual(4);
});

test("counting words, list numbers, markers and uncited answers are left alone", () => {
  expect(flags("There are two ways, one of them free:\n1. Ask [1]\n2. Wait [2]", "Ask first.", "Or wait.")).toEqual([]);
  expect(flagFigures("It is 42 days.", [])).toEqual([]);
});

test("an answer of blank lines takes no time to speak of", () => {
  const begin = performance.now();
  expect(flags(`Leave is 21 weeks.${"\n".repeat(100_000)}End`, "Leave is 20 weeks.")).toEqual(["21"]);
  expect(performance.now() - begin).toBeLessThan(3_000);
});

test("the year or the day of a quoted date may be said alone", () => {
  expect(flags("It holds since 2026.", "In force since 2026-01-15.")).toEqual([]);
  expect(flags("It holds since 2025.", "In force since 2026-01-15.")).toEqual(["2025"]);
});

test("digits of every script are read: a wrong figure is flagged, whoever's digits it is written in", () => {
  const zeros = [
    0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810,
    0xff10,
  ];
  for (const zero of zeros) {
    const written = (figure: string): string => figure.replace(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)));
    for (const figure of ["27", "1058", "3496"]) {
      expect(flags(`${written(figure)} [1]`, `It is ${figure} a year.`)).toEqual([]);
      expect(flags(`${written("86")} [1]`, `It is ${figure} a year.`)).toEqual([written("86")]);
    }
  }
});

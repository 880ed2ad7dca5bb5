import { expect, test } from "vitest";
import { editDistance } from "../../src/knowledge/text/edit-distance.ts";
import { paths, storeWith } from "./support.ts";

const pages = {
  "leave.md": "# Annual leave\n\nEverybody has 25 days of annual leave. Ask your manager two weeks ahead.\n",
  "pay.md": "# Payday\n\nSalaries are transferred on the 25th of each month.\n",
  "travel.md": "# Business travel\n\nBook hotels through the portal. Trains are preferred over flights.\n",
  "gifts.md": "# Gifts\n\nPresents from suppliers above 50 EUR must be declined.\n",
};

test("a question in other words finds the page that answers it", async () => {
  await using base = await storeWith(pages);
  expect((await paths(base.store, "how much holiday do I get"))[0]).toBe("leave.md");
  expect((await paths(base.store, "when do I get my wages"))[0]).toBe("pay.md");
  expect((await paths(base.store, "a vendor sent me a bottle of whisky"))[0]).toBe("gifts.md");
});

test("a misspelled word is read as one of the base, and the answer says so", async () => {
  await using base = await storeWith(pages);
  const outcome = await base.store.search("hotles portal");
  expect(outcome.hits[0]?.path).toBe("travel.md");
  expect(outcome.corrections).toEqual([{ from: "hotles", to: "hotels" }]);
});

test("a word that lost a letter and is left with three is found again, an unknown acronym stays", async () => {
  await using base = await storeWith({ ...pages, "sick.md": "# Sick days\n\nWho is sick calls in before nine.\n" });
  expect((await base.store.search("sic dys")).corrections).toEqual([
    { from: "sic", to: "sick" },
    { from: "dys", to: "days" },
  ]);
  expect((await base.store.search("vpn hotels")).corrections).toEqual([]);
});

test("a word that is merely absent is not corrected", async () => {
  await using base = await storeWith(pages);
  expect((await base.store.search("elephant hotels")).corrections).toEqual([]);
});

test("letters inserted, dropped, replaced or swapped each count as one edit", () => {
  const distances = [
    ["hotel", "hottel"],
    ["hotel", "hotl"],
    ["hotel", "hutel"],
    ["hotel", "hoetl"],
    ["hotel", "hotels!!"],
  ].map(([a, b]) => editDistance(a!, b!, 2));
  expect(distances).toEqual([1, 1, 1, 1, 3]);
});

test("another wording lifts what it finds, a useless one changes nothing", async () => {
  await using base = await storeWith(pages);
  const found = async (queries: string[]) =>
    (await base.store.search("where do I book", { queries })).hits.map((hit) => hit.path);
  expect((await found(["salaries transferred payday"])).includes("pay.md")).toBe(true);
  expect((await found(["lorem ipsum dolor"]))[0]).toBe((await found([]))[0]);
});

test("pages that only list links come after the page itself", async () => {
  const index = [
    "- [Annual leave](leave.md)",
    "- [Payday](pay.md)",
    "- [Business travel](travel.md)",
    "- [Gifts](gifts.md)",
  ].join("\n");
  await using base = await storeWith({ ...pages, "index.md": `# Handbook\n\n${index}\n` });
  expect((await paths(base.store, "annual leave"))[0]).toBe("leave.md");
});

test("the same text on two pages is shown once", async () => {
  const text =
    "The stipend for mental health is 250 dollars each month and covers therapy, coaching and meditation for all teammates.";
  await using base = await storeWith({
    "a.md": `# Mental health\n\n${text}\n`,
    "b.md": `# Wellness\n\n${text}\n`,
    "c.md": "# Health days\n\nTake a health day.\n",
  });
  const found = await paths(base.store, "mental health stipend");
  expect(found.filter((path) => path === "a.md" || path === "b.md")).toHaveLength(1);
});

test("keywords and other names in the front matter find a page that does not use them", async () => {
  await using base = await storeWith({
    ...pages,
    "exit.md": "---\nkeywords: offboarding, zugzwang\naliases: [Farewell guide]\n---\n# Last steps\n\nReturn the badge.\n",
  });
  expect((await paths(base.store, "zugzwang"))[0]).toBe("exit.md");
  expect((await paths(base.store, "farewell guide"))[0]).toBe("exit.md");
});

test("a page in several languages is shown in the asker's language only", async () => {
  const files = {
    "_en/help/password.md":
      "# Change your password\n\nSign in, open your account page and choose a new password for the account. It is done.\n",
    "_es/help/password.md":
      "# Cambiar la contraseña (password)\n\nInicie la sesión, abra la página de su cuenta y elija una nueva contraseña. Password account.\n",
    "_fr/help/password.md":
      "# Changer le mot de passe (password)\n\nConnectez-vous, ouvrez la page de votre compte et choisissez un nouveau mot de passe. Password account.\n",
  };
  await using base = await storeWith(files);
  expect(await paths(base.store, "how do I change the password of my account")).toEqual(["_en/help/password.md"]);
  expect(await paths(base.store, "¿cómo puedo cambiar la contraseña de mi cuenta?")).toEqual(["_es/help/password.md"]);
});

test("two passages in force that say different figures about the same thing are both shown and marked", async () => {
  await using base = await storeWith({
    "old-guide.md": "# Expense guide\n\nExpense reports must be submitted within 60 days of the purchase.\n",
    "new-guide.md": "# Spending money\n\nExpense reports must be submitted within 30 days of the purchase.\n",
    "other.md": "# Reports\n\nOther reports are submitted to the board.\n",
  });
  const { hits } = await base.store.search("when must expense reports be submitted");
  expect(Object.fromEntries(hits.map((hit) => [hit.path, hit.remark]))).toMatchObject({
    "old-guide.md": "contradicts new-guide.md",
    "new-guide.md": "contradicts old-guide.md",
  });
});

test("a topic limits the search to its folder", async () => {
  await using base = await storeWith({
    "hr/leave.md": pages["leave.md"],
    "it/leave.md": "# Leave a network\n\nLeave the network in the settings.\n",
  });
  const { hits } = await base.store.search("leave", { topic: "it" });
  expect(hits.map((hit) => hit.path)).toEqual(["it/leave.md"]);
});

test("a search never shows more tokens than it was allowed", async () => {
  const long = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`p${i}.md`, `# Leave ${i}\n\n${`Leave rule ${i} is long. `.repeat(30)}`]),
  );
  await using base = await storeWith(long);
  const { hits } = await base.store.search("leave rule", { maxTokens: 400 });
  expect(hits.length).toBeGreaterThan(0);
  expect(hits.reduce((sum, hit) => sum + hit.text.length, 0)).toBeLessThanOrEqual(1600);
});

test.each(["", "   ", "?!", "\u0000\u0007", '"NEAR(a b)" OR title:x AND (', "the of and", "😀😀", "a".repeat(5000)])(
  "odd question %# is answered without an error",
  async (question) => {
    await using base = await storeWith(pages);
    expect((await base.store.search(question)).hits).toBeInstanceOf(Array);
  },
);

test("the one rare word of a question is found, whatever everyday words stand around it", async () => {
  const topics = ["Lunch", "Parking", "Pensions", "Printing", "Laptops", "Travel", "Training", "Cleaning", "Visitors", "Post"];
  const pages = topics.map((topic, i): [string, string] => [
    `${topic.toLowerCase()}.md`,
    i < 7
      ? `# ${topic}: price for new people\n\nThe price for new people who fit in a team.\n\n## How new people fit in a team\n\nNew people fit in.`
      : `# ${topic}\n\nNothing to say.`,
  ]);
  const rows = ["Fathom", "Sextant", "Bollard", "Slipway"].map(
    (room, i) => `| ${room} | Larkmouth | ${i + 4} | yes | whiteboard |`,
  );
  const table = `# Meetings\n\n## The rooms\n\n| Room | Site | Seats | Video | Board |\n|---|---|---|---|---|\n${rows.join("\n")}\n\n${"Wipe the board, take your cups and close the window after you. ".repeat(8)}\n`;
  await using base = await storeWith({ ...Object.fromEntries(pages), "rooms.md": table }, { watch: false });
  for (const question of ["how many new people fit in Sextant", "what is the price of Bollard for a team of new people"])
    expect((await base.store.search(question, { limit: 4 })).hits.map(({ path }) => path)).toContain("rooms.md");
});

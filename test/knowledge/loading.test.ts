import { expect, test } from "vitest";
import { chunkDocument } from "../../src/knowledge/chunk/chunk.ts";
import type { LoadedDocument, TextLoader } from "../../src/knowledge/load/document.ts";
import { loaderFor } from "../../src/knowledge/load/formats.ts";
import { storeWith } from "./support.ts";

const loaders = new Map<string, TextLoader>();
for (const ending of ["md", "mdx", "html", "txt", "json"]) {
  const loader = await loaderFor(`file.${ending}`);
  if (loader?.formats === "text") loaders.set(ending, loader);
}
const tryLoad = (path: string, text: string): LoadedDocument | undefined =>
  loaders.get(path.split(".").at(-1)!)?.load(text, { path, alone: false });

function load(path: string, text: string): LoadedDocument {
  const document = tryLoad(path, text);
  if (!document) throw new Error(`${path} is not knowledge`);
  return document;
}
const headings = (document: LoadedDocument): string[] => document.sections.map((section) => section.trail.join(" > "));
const readable = (text: string): string => load("page.md", text).lines.join("\n");

test("a heading without a space counts after a blank line and before a capital letter only", () => {
  const page = load("pay.md", "#Pay And Bonus\n\nText.\n\n##Bonus\n\nMore.\n\n#1810. (See below.)\n\nsee\n#channel for help\n");
  expect(headings(page)).toEqual(["Pay And Bonus", "Pay And Bonus > Bonus"]);
});

test("a shortcode that names a chat channel reads as the channel", () => {
  expect(readable('Ask in {% slack_channel "people-ops" %} first.')).toBe("Ask in #people-ops first.");
});

test("a shortcode inside a link target leaves the link whole", () => {
  expect(readable('See [leave]({% page "/time/leave/" %}) and\n[pay]({% page "/pay and more" %}).')).toBe(
    "See [leave](/time/leave/) and\n[pay](/pay%20and%20more).",
  );
});

test("template comments vanish, raw blocks keep their text, other tags go, and lines stay where they were", () => {
  const source =
    'one\n{% comment %}\nhidden\n{% endcomment %}\n{% raw %}shown{% endraw %}\n{% include\n  "x.html"\n  a="b" %}\nlast';
  expect(readable(source).split("\n")).toEqual(["one", "", "", "", "shown", "", "", "", "last"]);
});

test("questions in component attributes become headings of their answers", () => {
  const page = load(
    "faq.mdx",
    'import X from "y"\n\n<Accordion question="Can I pay by card?">\n  Yes, any card.\n</Accordion>\n<Accordion\n  title="Is cash fine?"\n>\n  No.\n</Accordion>\n',
  );
  expect(headings(page)).toEqual(["Can I pay by card?", "Is cash fine?"]);
  expect(page.lines.join("\n")).not.toContain("Accordion");
  expect(page.lines[0]).toBe("");
});

test("lines that are only bold, and questions marked with Q, open sections", () => {
  const page = load(
    "faq.md",
    "# FAQ\n\n**Q: May I work abroad?**\n\nUp to 30 days.\n\n**Insurance**\n\nYou are insured.\n\nQ: Who pays?\n\nWe do.\n",
  );
  expect(headings(page)).toEqual(["FAQ", "FAQ > Q: May I work abroad?", "FAQ > Insurance", "FAQ > Who pays?"]);
});

test("a whole sentence in bold is emphasis, not a heading", () => {
  expect(
    headings(
      load("a.md", "# Calls\n\n**Doing this is as easy as posting a message.**\n\nText.\n\n**Why call at all?**\n\nText.\n"),
    ),
  ).toEqual(["Calls", "Calls > Why call at all?"]);
});

test("an HTML table reads as rows that carry their labels, also where tags are not closed", () => {
  const rows = readable(
    "<table>\n<tr><th>Experience</th><th>Pay</th></tr>\n<tr>\n<td>Over five years</td>\n<td>$120k</td>\n</tr>\n<tr><td>Keep<ul><li>logs<li>mail</ul><td>7 years\n</table>\nafter",
  ).split("\n");
  expect(rows).toContain("| Experience | Pay |");
  expect(rows).toContain("| Over five years | $120k |");
  expect(rows).toContain("| Keep • logs • mail | 7 years |");
  expect(rows.at(-1)).toBe("after");
  expect(rows).toHaveLength(9);
});

test("a tag inside a word does not tear it apart", () => {
  expect(readable("Use incident.<unlink></unlink>io and H<sub>2</sub>O.")).toBe("Use incident.io and H2O.");
});

test("placeholders in angle brackets are text, not tags", () => {
  expect(readable("Write to <your-name> at <https://example.org>.")).toBe("Write to <your-name> at <https://example.org>.");
});

test("HTML comments, styling tags, hidden characters and entities do not show", () => {
  expect(readable('A<!-- secret\nnote -->B <span style="color:red">red</span>&nbsp;tape\u200b &amp; glue')).toBe(
    "A\nB red tape & glue",
  );
});

test("code is left as it is written", () => {
  expect(readable("```html\n<b>{{ x }}</b> &amp;\n```")).toBe("```html\n<b>{{ x }}</b> &amp;\n```");
});

test("front matter becomes metadata and takes no part in the text, line numbers kept", () => {
  const page = load(
    "leave.md",
    '---\ntitle: "Leave &amp; <em>absence</em>"\nkeywords: quit, resign\naliases: [Time off]\nredirect_from:\n  - /vacation/\nowner: People team\ngroups: [hr, legal]\neffective_from: 2026-01-01\nsupersedes: old/leave.md\nlang: en-GB\n---\n\n# Leave\n\nText.',
  );
  expect(page.title).toBe("Leave & absence");
  expect(page.meta).toMatchObject({
    keywords: ["quit", "resign"],
    aliases: ["Time off", "/vacation/"],
    owner: "People team",
    groups: ["hr", "legal"],
    effectiveFrom: "2026-01-01",
    supersedes: ["old/leave.md"],
    lang: "en",
  });
  expect(page.lines[13]).toBe("# Leave");
  expect(page.lines.slice(0, 12).join("")).toBe("");
});

test("a page that only redirects is not knowledge", () => {
  expect(tryLoad("a.md", "---\nredirect_to: /b/\n---\n")).toBeUndefined();
});

test("text that stands in the front matter of an empty page is read", () => {
  const page = load("contact.md", "---\ntitle: Contact\nintro_content: |-\n  Call 555 0100 on weekdays.\n---\n");
  expect(page.lines.join(" ")).toContain("Call 555 0100 on weekdays.");
  expect(page.sections).not.toEqual([]);
});

test("explicit heading ids are the anchors, repeated headings get numbered ones", () => {
  const page = load("a.md", "# One {#first}\n\nx\n\n## Setup\n\ny\n\n## Setup\n\nz\n");
  expect(page.sections.map((section) => section.anchor)).toEqual(["first", "setup", "setup-1"]);
  expect(page.sections[0]?.trail).toEqual(["One"]);
});

test("headings inside code are none", () => {
  expect(headings(load("a.md", "# Real\n\n```sh\n# not a heading\n```\n"))).toEqual(["Real"]);
});

test("admonitions and emoji in headings survive", () => {
  const page = load("a.md", "## 🎧 Desk set-up\n\n> [!NOTE] Spending over $300 needs approval.\n");
  expect(headings(page)).toEqual(["🎧 Desk set-up"]);
  expect(page.sections[0]?.anchor).toBe("desk-set-up");
  expect(page.lines.join("\n")).toContain("> [!NOTE] Spending over $300");
});

test("alignment spaces and dashes of a table are dropped", () => {
  expect(readable("| a        | b   |\n| -------- | --- |\n| 1        | 2   |")).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |");
});

test("a title comes from the front matter, then the first heading, then the path", () => {
  expect(load("time-off/index.md", "Text only.").title).toBe("time off");
  expect(load("x.md", "# Head\n\nText").title).toBe("Head");
});

test("Latin-1, UTF-16 and a byte order mark are read as text", async () => {
  const { decodeText } = await import("../../src/knowledge/load/decode.ts");
  expect(decodeText(new Uint8Array([0x63, 0x61, 0x66, 0xe9]))).toBe("café");
  expect(decodeText(new Uint8Array([0xff, 0xfe, 0x68, 0, 0x69, 0]))).toBe("hi");
  expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x68, 0x69]))).toBe("hi");
});

test("no passage is longer than a result may be, however long a line or a section is", () => {
  const line = `${"All inventions made during work belong to the company, whatever their kind. ".repeat(60)}`;
  const clauses = Array.from(
    { length: 60 },
    (_, i) => `${i + 1}. Clause number ${i + 1} binds both parties and their heirs.`,
  ).join("\n");
  const chunks = chunkDocument(load("contract.md", `# Contract\n\n${line}\n\n${clauses}\n\n${"word".repeat(1000)}`));
  expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(1200);
  expect(chunks.map((chunk) => chunk.text).join(" ")).toContain("Clause number 60");
});

test("an introduction is kept together with the beginning of the list it introduces", () => {
  const items = Array.from({ length: 30 }, (_, i) => `- Private data rule number ${i + 1} is to be obeyed by all.`).join("\n");
  const [first] = chunkDocument(load("rules.md", `## Rules\n\nThese rules hold:\n\n${items}\n`));
  expect(first?.text).toContain("These rules hold:");
  expect(first?.text).toContain("rule number 1 ");
});

test("the later parts of a long table repeat its head", () => {
  const rows = Array.from({ length: 60 }, (_, i) => `| Office ${i + 1} | ${i + 20} desks |`).join("\n");
  const chunks = chunkDocument(load("offices.md", `| Place | Size |\n| --- | --- |\n${rows}\n`));
  expect(chunks.length).toBeGreaterThan(1);
  for (const chunk of chunks) expect(chunk.text).toMatch(/^\| Place \| Size \|/);
});

test("a heading without text opens the passage of its first subsection", () => {
  const chunks = chunkDocument(load("a.md", "# Handbook\n\n## Leave\n\n### Sick days\n\nTen days.\n"));
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.text).toBe("# Handbook\n\n## Leave\n\n### Sick days\n\nTen days.");
  expect(chunks[0]?.trail).toEqual(["Handbook", "Leave", "Sick days"]);
});

test("a passage knows its lines in the file", () => {
  const chunks = chunkDocument(load("a.md", "---\ntitle: A\n---\n# A\r\n\r\nfirst\r\n\r\n## B\r\n\r\nsecond"));
  expect(chunks.map((chunk) => [chunk.from + 1, chunk.to])).toEqual([
    [4, 6],
    [8, 10],
  ]);
});

test("an HTML page written on one line has its headings, paragraphs, items and rows apart", () => {
  const page = load(
    "leave.html",
    '<!DOCTYPE html><html lang="en"><head><title>Leave</title></head><body><nav>Home</nav><main><h1>Leave</h1><p>Everybody gets <b>leave</b>.</p><div><h2>Sick leave</h2><p>Ten days a year.</p><ul><li>Call by nine.</li><li>Note <i>after</i> day three.</li></ul></div><h2>Rates</h2><table><thead><tr><th>Level</th><th>Pay</th></tr></thead><tbody><tr><td><p>Senior</p></td><td>$120k</td></tr><tr><td>Junior</td><td><ul><li>$60k</li><li>bonus</li></ul></td></tr></tbody></table><p>As of <span>May</span>.</p></main></body></html>',
  );
  expect(headings(page)).toEqual(["Leave", "Leave > Sick leave", "Leave > Rates"]);
  expect(page.lines.filter((line) => line !== "")).toEqual([
    "# Leave",
    "Everybody gets leave.",
    "## Sick leave",
    "Ten days a year.",
    "- Call by nine.",
    "- Note after day three.",
    "## Rates",
    "| Level | Pay |",
    "| --- | --- |",
    "| Senior | $120k |",
    "| Junior | • $60k • bonus |",
    "As of May.",
  ]);
});

test("HTML blocks that share a line of Markdown get lines of their own", () => {
  const page = load(
    "pay.md",
    "# Pay\n\nThe grid: <table><tr><th>Level</th><th>Pay</th></tr><tr><td>Junior</td><td>$60k<br>a year</td></tr><tr><td>Senior</td><td>$120k</td></tr></table>\n\n<ul><li>Paid monthly</li><li>In <b>euro</b></li></ul>\n<h2>Bonus</h2><p>Five percent.</p><p>In May.</p>\n",
  );
  expect(headings(page)).toEqual(["Pay", "Pay > Bonus"]);
  expect(page.lines.map((line) => line.trim()).filter((line) => line !== "")).toEqual([
    "# Pay",
    "The grid:",
    "| Level | Pay |",
    "| --- | --- |",
    "| Junior | $60k a year |",
    "| Senior | $120k |",
    "- Paid monthly",
    "- In euro",
    "## Bonus",
    "Five percent.",
    "In May.",
  ]);
});

test("links of HTML say where they lead; scripts, anchors and boxes around headings do not", () => {
  const page = load(
    "a.html",
    "<main>\n<p>Ask <a class='x' href='mailto:hr@example.org'>the <b>HR</b> team</a>, see <a href=\"pay (2).html?a=1&amp;b=2\">pay</a>.</p>\n<p><a href='#top'>up</a> <a href='javascript:x()'>run</a> <a href='/x'></a></p>\n<a href='/card'><h2>Card</h2><p>Text of the card.</p></a>\n</main>",
  );
  expect(page.lines.map((line) => line.trim()).filter((line) => line !== "")).toEqual([
    "Ask [the HR team](mailto:hr@example.org), see [pay](pay%20%282%29.html?a=1&b=2).",
    "up run",
    "## Card",
    "Text of the card.",
  ]);
});

test("an HTML page that is written line by line keeps its lines", () => {
  const page = load(
    "a.html",
    "<main>\n<h1>Leave</h1>\n<p>Ten days, and\nmore.</p>\n<ul>\n  <li>One</li>\n  <li>Two</li>\n</ul>\n</main>",
  );
  expect(page.lines.map((line) => line.trim())).toEqual(["", "# Leave", "Ten days, and", "more.", "", "- One", "- Two", "", ""]);
});

test("a page that is nothing but headings is named and skipped before it takes all memory", async () => {
  await using base = await storeWith({ "a.md": "# Lunch\n\nServed at noon.", "h.md": "# H\n".repeat(200_001) }, { watch: false });
  expect(base.store.problems()).toMatchObject([{ path: "h.md", reason: expect.stringContaining("200000 headings") }]);
});

test("a page of very many items, rows or lines has passages like any other", () => {
  const many = 150_000;
  for (const text of ["- item\n".repeat(many), "| x | y |\n".repeat(many), "line\n".repeat(many)])
    expect(chunkDocument(load("a.md", text)).length).toBeGreaterThan(100);
  const answer = "line\n".repeat(many);
  expect(load("a.json", JSON.stringify([{ question: "Why?", answer }])).lines.length).toBeGreaterThan(many);
});

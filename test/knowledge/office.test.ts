import { expect, test } from "vitest";
import { docxOf, pdfOf, zipOf } from "./office-files.ts";
import { storeWith } from "./support.ts";

const body = (text: string) => ({ text, size: 11 });

test("a PDF is found by its text, with larger type as headings", async () => {
  const pdf = pdfOf([
    [
      { text: "Parking rules", size: 22 },
      body("Cars stand behind the house."),
      { text: "Bicycles", size: 15 },
      body("Bicycles stand in the cellar of the house."),
    ],
    [body("Motorcycles (small ones) may stand anywhere.")],
  ]);
  await using base = await storeWith({ "rules.pdf": pdf, "other.md": "# Lunch\n\nNoon." }, { watch: false });
  const { hits } = await base.store.search("where do bicycles stand");
  expect(hits[0]).toMatchObject({ path: "rules.pdf", title: "Parking rules", heading: "Parking rules > Bicycles" });
  expect(hits[0]?.text).toContain("Bicycles stand in the cellar of the house.");
  expect((await base.store.get("rules.pdf"))?.text).toContain("Motorcycles (small ones) may stand anywhere.");
});

test("a Word document is found by its text, headings by style in any language, tables as rows", async () => {
  const docx = docxOf([
    { text: "Travel", style: "berschrift1" },
    { text: "Book early &amp; cheap." },
    { text: "Hotels", style: "H2" },
    {
      rows: [
        ["City", "Limit"],
        ["Oslo", "180 EUR"],
      ],
    },
    { text: "breakfast included", item: true },
  ]);
  await using base = await storeWith({ "travel.docx": docx }, { watch: false });
  const { hits } = await base.store.search("hotel limit in Oslo");
  expect(hits[0]).toMatchObject({ path: "travel.docx", title: "Travel & more", heading: "Travel > Hotels" });
  expect(hits[0]?.text).toContain("Book early & cheap.");
  expect(hits[0]?.text).toContain("| City | Limit |\n| --- | --- |\n| Oslo | 180 EUR |\n- breakfast included");
});

test("a PDF without text, a damaged one and a container that is no document are named and skipped", async () => {
  const files = {
    "scan.pdf": pdfOf([[]]),
    "broken.pdf": Buffer.from("%PDF-1.7 and then nothing"),
    "broken.docx": Buffer.from("PK but no container"),
    "sheet.docx": zipOf({ "xl/workbook.xml": "<x/>" }),
    "good.md": "# Good\n\nText.",
  };
  await using base = await storeWith(files, { watch: false });
  expect(base.store.problems().map(({ path, reason }) => `${path} ${reason}`)).toEqual([
    "broken.docx is no document that can be read",
    "broken.pdf is no PDF that can be read",
    "scan.pdf holds no text",
    "sheet.docx is no Word document",
  ]);
  expect(base.store.counts().documents).toBe(1);
});

test("a container that unpacks to a hundred times what it may is refused while it is unpacked", async () => {
  const bomb = zipOf({ "word/document.xml": new Uint8Array(70 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(200_000);
  await using base = await storeWith({ "bomb.docx": bomb, "good.md": "# Good\n\nText." }, { watch: false });
  expect(base.store.problems()).toMatchObject([{ path: "bomb.docx", reason: "is no document that can be read" }]);
});

import { expect, test } from "vitest";
import { createKnowledgeApp } from "../../src/knowledge/index.ts";
import { createInProcessTransport } from "../../src/serve/in-process.ts";
import { callTool, storeWith, textOf } from "./support.ts";

const faq = JSON.stringify([
  { question: "How many vacation days do I get?", answer: "Everybody gets 25 days a year." },
  { question: "How do I file expenses?", answer: "Send the receipts to finance within 30 days." },
]);
const page = "# Travel\n\nBook by train where you can.\n\n## Hotels\n\nUp to 140 EUR a night.\n";

test("a search answers with passages, their addresses and a text that opens with the question", async () => {
  await using base = await storeWith({ "travel.md": page, "faq.json": faq });
  const result = await base.call("search_knowledge_base", { query: "hotel price per night" });
  expect(textOf(result)).toMatch(/^Results for "hotel price per night":/);
  expect(result.structuredContent).toMatchObject({
    results: [
      {
        id: "kb://base/travel.md#hotels",
        uri: "kb://base/travel.md#hotels",
        path: "travel.md",
        title: "Travel",
        heading: "Travel > Hotels",
        line: 1,
        to_line: 7,
        text: page.trimEnd(),
      },
    ],
  });
});

test("a search that finds nothing still opens with the question", async () => {
  await using base = await storeWith({ "travel.md": page });
  const result = await base.call("search_knowledge_base", { query: "zzzz qqqq" });
  expect(textOf(result)).toMatch(/^Results for "zzzz qqqq":/);
  expect(result.structuredContent).toMatchObject({ results: [], total: 0 });
});

test("a Q&A entry is found under its file's name with its question as heading", async () => {
  await using base = await storeWith({ "faq.json": faq });
  const result = await base.call("search_knowledge_base", { query: "vacation" });
  expect(result.structuredContent).toMatchObject({
    results: [{ path: "faq.json", heading: "How many vacation days do I get?", text: "Everybody gets 25 days a year." }],
  });
});

test("unknown arguments are ignored", async () => {
  await using base = await storeWith({ "travel.md": page });
  const result = await base.call("search_knowledge_base", { query: "hotels", colour: "blue" });
  expect(result.structuredContent).toMatchObject({ total: 1 });
});

test("an empty query is refused with what to do", async () => {
  await using base = await storeWith({ "travel.md": page });
  await expect(base.call("search_knowledge_base", { query: " " })).rejects.toMatchObject({
    code: "usage",
    fix: expect.stringContaining("question"),
  });
});

test("get_document reads a range of lines and says how many there are", async () => {
  await using base = await storeWith({ "travel.md": page });
  const result = await base.call("get_document", { id: "kb://base/travel.md#hotels", from_line: 5, to_line: 7 });
  expect(result.structuredContent).toMatchObject({
    path: "travel.md",
    text: "## Hotels\n\nUp to 140 EUR a night.",
    from_line: 5,
    to_line: 7,
    total_lines: 8,
  });
});

test("list_topics names folders and the titles in them", async () => {
  await using base = await storeWith({ "people/leave.md": "# Leave\n\nText.", "people/pay.md": "# Pay\n\nText." });
  const result = await base.call("list_topics");
  expect(result.structuredContent).toEqual({
    topics: [{ name: "people", source: "base", documents: 2, titles: ["Leave", "Pay"] }],
    total: 1,
  });
});

test("list_topics names a Q&A file with its questions, and such a topic can be searched", async () => {
  await using base = await storeWith({ "faq.json": faq, "travel.md": page });
  const result = await base.call("list_topics");
  expect(textOf(result)).toContain("- faq.json (2): How many vacation days do I get?; How do I file expenses?");
  const found = await base.call("search_knowledge_base", { query: "days", topic: "faq.json" });
  expect(found.structuredContent).toMatchObject({ results: [{ path: "faq.json" }, { path: "faq.json" }] });
});

test("get_document names the documents it links to, and only those", async () => {
  const linking =
    "# A\n\nSee [travel](travel.md#hotels), [hidden](secret.md), [gone](gone.md) and [site](https://example.org).\n";
  await using base = await storeWith({ "a.md": linking, "travel.md": page, "secret.md": "---\ngroups: hr\n---\n# S\n\nText." });
  const result = await base.call("get_document", { id: "a.md" });
  expect(result.structuredContent).toMatchObject({ links: [{ text: "travel", uri: "kb://base/travel.md#hotels" }] });
});

test("get_document stops at its budget and says where to go on", async () => {
  const long = Array.from({ length: 100 }, (_, i) => `Line ${i + 1} of a long page that goes on and on.`).join("\n");
  await using base = await storeWith({ "long.md": long });
  const result = await base.call("get_document", { id: "long.md", max_tokens: 60 });
  const { to_line: to } = result.structuredContent as { to_line: number };
  expect(to).toBeLessThan(10);
  expect(textOf(result)).toContain(`go on with from_line ${to + 1}`);
});

test("search and fetch are offered for ChatGPT connectors when asked for", async () => {
  await using base = await storeWith({ "travel.md": page });
  const app = createKnowledgeApp(base.store, { openaiCompatible: true });
  const found = await callTool(app, "search", { query: "hotel price" });
  expect(JSON.parse(textOf(found))).toMatchObject({
    results: [{ id: "kb://base/travel.md#hotels", title: "Travel > Hotels", url: "kb://base/travel.md#hotels" }],
  });
  const fetched = await callTool(app, "fetch", { id: "kb://base/travel.md#hotels" });
  expect(JSON.parse(textOf(fetched))).toMatchObject({
    id: "kb://base/travel.md#hotels",
    title: "Travel",
    text: page,
    metadata: { path: "travel.md" },
  });
  expect(base.app.tools.map((tool) => tool.name)).toEqual([
    "search_knowledge_base",
    "get_document",
    "list_topics",
    "get_knowledge_base",
  ]);
});

test("get_knowledge_base has the original's heading and Q/A form", async () => {
  await using base = await storeWith({ "faq.json": faq });
  expect(textOf(await base.call("get_knowledge_base"))).toBe(
    "Here is the retrieved knowledge base:\n\nQ1: How many vacation days do I get?\nA1: Everybody gets 25 days a year.\n\nQ2: How do I file expenses?\nA2: Send the receipts to finance within 30 days.\n",
  );
});

test("Q&A entries without question or answer, and entries that are no objects, are kept under stand-in names", async () => {
  await using base = await storeWith({ "faq.json": JSON.stringify([{ answer: "Yes." }, { question: "Why?" }, "loose"]) });
  const text = textOf(await base.call("get_knowledge_base"));
  expect(text).toContain("Q1: Unknown question\nA1: Yes.");
  expect(text).toContain("Q2: Why?\nA2: Unknown answer");
  expect(text).toContain("Q3: Item 3\nA3: loose");
});

test.skipIf(process.platform === "win32")("a file's name cannot pass for the opening of another passage", async () => {
  await using base = await storeWith({ "x\n--- policy.md": "# Lunch\n\nServed at noon." }, { watch: false });
  const text = textOf(await base.call("search_knowledge_base", { query: "lunch" }));
  expect(text.match(/^---.*/gm)).toEqual(["--- x --- policy.md > Lunch"]);
});

test("a list of documents goes on where a page ended, and a cursor it never gave is refused as the protocol says", async () => {
  const pages = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`p${i}.md`, `# Page ${i}\n\nText.`]));
  await using base = await storeWith(pages, { watch: false });
  const transport = createInProcessTransport(base.app);
  const list = (cursor?: string) =>
    new Promise<object>((resolve) => {
      transport.onmessage = resolve;
      void transport.send({ jsonrpc: "2.0", id: 1, method: "resources/list", params: cursor === undefined ? {} : { cursor } });
    });
  await transport.start();
  const { nextCursor } = ((await list()) as { result: { nextCursor: string } }).result;
  expect(await list(nextCursor)).toMatchObject({ result: { resources: [{ name: "p99.md" }] } });
  const foreign = Buffer.from("https://example.org").toString("base64url");
  for (const cursor of ["garbage", "", "0", "%00", foreign, `${nextCursor}=`, `${nextCursor} `])
    expect(await list(cursor)).toMatchObject({ error: { code: -32602 } });
  await transport.close();
});

import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { storeWith, textOf } from "./support.ts";

const old =
  "---\ntitle: Travel policy 2024\neffective_until: 2025-12-31\n---\n# Travel policy 2024\n\nHotels may cost up to 120 EUR a night.\n";
const current =
  "---\ntitle: Travel policy 2026\neffective_from: 2026-01-01\n---\n# Travel policy 2026\n\nHotels may cost up to 150 EUR a night.\n";

async function found(files: Record<string, string>, query: string, args: JsonObject = {}) {
  await using base = await storeWith(files, { now: () => new Date("2026-11-23T12:00:00Z") });
  const result = await base.call("search_knowledge_base", { query, ...args });
  const { results } = result.structuredContent as { results: { path: string; remark?: string }[] };
  return { results: results.map(({ path, remark }) => ({ path, remark })), text: textOf(result) };
}

test("what is in force comes before what expired, and both say their dates", async () => {
  const { results, text } = await found({ "old.md": old, "new.md": current }, "hotel costs a night in the travel policy 2024");
  expect(results).toEqual([
    { path: "new.md", remark: "in force from 2026-01-01" },
    { path: "old.md", remark: "expired 2025-12-31" },
  ]);
  expect(text).toContain("--- old.md > Travel policy 2024 (expired 2025-12-31)");
});

test("a search as of an earlier day ranks what was in force on that day first", async () => {
  const { results } = await found({ "old.md": old, "new.md": current }, "hotel costs a night", { as_of: "2025-06-01" });
  expect(results).toEqual([
    { path: "old.md", remark: "in force until 2025-12-31" },
    { path: "new.md", remark: "not in force before 2026-01-01" },
  ]);
});

test("a page that another one supersedes says by which", async () => {
  const files = {
    "policies/v1.md": "# Expenses\n\nSend receipts within 60 days to finance.\n",
    "policies/v2.md":
      "---\ntitle: Expenses, second edition\nsupersedes: v1.md\neffective_from: 2026-03-01\n---\n# Expenses, second edition\n\nSend receipts within 30 days to finance.\n",
  };
  const { results } = await found(files, "when to send receipts");
  expect(results).toEqual([
    { path: "policies/v2.md", remark: "in force from 2026-03-01" },
    { path: "policies/v1.md", remark: 'superseded by "Expenses, second edition" since 2026-03-01' },
  ]);
});

test("a successor that is not yet in force supersedes nothing", async () => {
  const files = {
    "v1.md": "# Expenses\n\nSend receipts within 60 days to finance.\n",
    "v2.md":
      "---\nsupersedes: v1.md\neffective_from: 2027-01-01\n---\n# New expenses\n\nSend receipts within 30 days to finance.\n",
  };
  const { results } = await found(files, "when to send receipts");
  expect(results[0]).toEqual({ path: "v1.md", remark: undefined });
});

test("a page that calls itself outdated is marked and comes last", async () => {
  const files = {
    "a.md": "This page is being deleted. See the leave page.\n\n# Submitting time off\n\nSubmit time off in the tool.\n",
    "b.md": "# Time off\n\nTime off is submitted in the calendar.\n",
  };
  const { results } = await found(files, "submit time off");
  expect(results.map((result) => result.path)).toEqual(["b.md", "a.md"]);
  expect(results[1]?.remark).toContain("This page is being deleted");
});

test("a date that is none is refused", async () => {
  await using base = await storeWith({ "a.md": current });
  await expect(base.call("search_knowledge_base", { query: "hotel", as_of: "last year" })).rejects.toMatchObject({
    code: "usage",
  });
});

import { expect, test } from "vitest";
import { keepForNextTurn } from "../../src/app/logged-run.ts";
import type { RunEvent } from "../../src/core/events.ts";

test("a host that is never asked does not gather what its servers report without end", () => {
  const pending: RunEvent[] = [];
  for (let n = 0; n < 1_000; n++) keepForNextTurn(pending, { type: "notice", code: "tool_changed", message: `change ${n}` });
  expect(pending).toHaveLength(200);
  expect(pending.at(-1)).toMatchObject({ message: "change 999" });
});

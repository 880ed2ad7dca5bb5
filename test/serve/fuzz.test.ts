import { expect, test } from "vitest";
import { properties } from "../support/serve-properties.ts";

test.each(Object.entries(properties))("%s", async (_title, check) => {
  await expect(check(1_000)).resolves.toBeUndefined();
});

import { expect, test } from "vitest";
import { properties } from "./front-properties.ts";

test.each(Object.entries(properties))("%s", async (_title, check) => {
  await expect(check(1_000)).resolves.toBeUndefined();
});

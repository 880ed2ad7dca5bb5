import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { lectern } from "../support/cli.ts";

const root = resolve(import.meta.dirname, "../..");

test("the answer on the README's first screen is the one that its command prints", async () => {
  const [, source, question, answer, place] =
    /\$ bin\/lectern ask --emulator --source (\S+) "([^"]+)"\n\s+(.+)\n\s+(\[1\] \S+)/.exec(
      readFileSync(resolve(root, "README.md"), "utf8"),
    )!;
  const { stdout } = await lectern(["ask", "--emulator", "--source", resolve(root, source!), question!]);
  expect(stdout.split("\n")[0]).toBe(answer);
  expect(stdout).toContain(place!);
});

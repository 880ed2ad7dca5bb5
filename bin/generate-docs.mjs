// Writes docs/reference/{cli.md,configuration.md,errors.md,config.schema.json} from the code. With --check: writes nothing, fails where a file is not up to date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { configSchema } from "../src/config/schema.ts";
import { cliReference } from "./docs-cli.mjs";
import { configurationReference } from "./docs-configuration.mjs";
import { errorReference } from "./docs-errors.mjs";

const folder = fileURLToPath(new URL("../docs/reference/", import.meta.url));
const schema = {
  ...z.toJSONSchema(configSchema, { target: "draft-7", io: "input" }),
  title: "lectern.config.json",
  description: "Settings of Lectern for a project (lectern.config.json) or a user (config.json). Secrets have no place in it.",
};
const pages = {
  "config.schema.json": `${JSON.stringify(schema, null, 2)}\n`,
  "cli.md": await cliReference(),
  "configuration.md": configurationReference(schema),
  "errors.md": errorReference(),
};

const current = (name) => {
  try {
    return readFileSync(folder + name, "utf8");
  } catch {
    return "";
  }
};
const stale = Object.keys(pages).filter((name) => current(name) !== pages[name]);
if (process.argv.includes("--check")) {
  if (stale.length > 0)
    process.stderr.write(
      `Not up to date: ${stale.map((name) => `docs/reference/${name}`).join(", ")}. Run: node bin/generate-docs.mjs\n`,
    );
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of stale) writeFileSync(folder + name, pages[name]);
  process.stdout.write(stale.length > 0 ? `written: ${stale.join(", ")}\n` : "all up to date\n");
}

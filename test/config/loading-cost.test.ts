import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { World } from "./world.ts";

const root = resolve(import.meta.dirname, "../..");

/** The modules that a command loads, as paths below the checkout. */
async function loadedBy(args: readonly string[], world: World): Promise<string[]> {
  const hook = `import { registerHooks } from "node:module"; registerHooks({ load(url, context, next) { process.stderr.write("loaded " + url + "\\n"); return next(url, context); } });`;
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, resolve(root, "src/cli/main.ts"), ...args],
    { cwd: world.project, env: { PATH: process.env.PATH, HOME: world.home, NODE_DISABLE_COMPILE_CACHE: "1" } },
  );
  return [...stderr.matchAll(/^loaded file:\/\/(.*)$/gm)].map((match) => match[1]!.replace(`${root}/`, ""));
}

test("a configuration that is right is read without zod", async () => {
  using world = new World({
    "lectern.config.json": { limits: { timeoutS: 30 }, mcpServers: { a: { command: "a" } } },
    ".mcp.json": { mcpServers: { b: { command: "b" } } },
  });
  const loaded = await loadedBy(["config"], world);
  expect(loaded).toContain("src/config/from-files.ts");
  expect(loaded.filter((path) => /node_modules\/zod\/|src\/config\/schema\.ts/.test(path))).toEqual([]);
});

test("without configuration files, ask loads neither what reads them nor zod nor the prompts", async () => {
  using world = new World();
  const loaded = await loadedBy(["ask", "--emulator", "--quiet", "hello"], world);
  expect(loaded).toContain("src/config/load.ts");
  const unneeded =
    /node_modules\/(?:zod|@clack)\/|src\/config\/(?:schema|from-files|layers|dotenv|jsonc|expand|report)\.ts|src\/app\/(?:trust|endpoint-trust)\.ts|src\/cli\/(?:init|completion)/;
  expect(loaded.filter((path) => unneeded.test(path))).toEqual([]);
});

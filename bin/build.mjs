// Builds dist/ with tsc alone and checks that every entry of package.json's exports and bin is really there.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
const { exports, bin } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const promised = [
  ...Object.values(bin),
  ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : Object.values(entry))),
];
const missing = promised.filter((path) => !existsSync(root + path));
if (missing.length > 0) {
  process.stderr.write(`package.json promises files that the build did not write: ${missing.join(", ")}\n`);
  process.exit(1);
}
for (const path of Object.values(bin)) chmodSync(root + path, 0o755);
process.stdout.write("built dist/\n");

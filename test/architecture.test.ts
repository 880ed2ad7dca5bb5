import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** Which layers each folder may import, besides itself. Arrows go down only, never sideways. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ["core"],
  azure: ["core"],
  mcp: ["core"],
  agent: ["core"],
  knowledge: ["core"],
  serve: ["core"],
  emulator: ["core"],
  telemetry: ["core"],
  app: ["core", "config", "azure", "mcp", "agent", "knowledge", "serve", "emulator", "telemetry"],
  cli: ["core", "config", "app"],
  http: ["core", "config", "app"],
};
const root = resolve(import.meta.dirname, "../src");

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : path.endsWith(".ts") ? [path] : [];
  });
}
const files = sourceFiles(root).map((path) => ({ path, name: relative(root, path), text: readFileSync(path, "utf8") }));
const layerOf = (name: string): string => (name.includes("/") ? name.slice(0, name.indexOf("/")) : "index");
const importsOf = (text: string): string[] => [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);

test("every source folder is a layer this test knows", () => {
  const unknown = [...new Set(files.map((file) => layerOf(file.name)))].filter(
    (layer) => layer !== "index" && !(layer in allowed),
  );
  expect(unknown).toEqual([]);
});

test("imports go down only, never up or sideways", () => {
  const wrong: string[] = [];
  for (const file of files) {
    const layer = layerOf(file.name);
    if (layer === "index") continue;
    for (const specifier of importsOf(file.text).filter((s) => s.startsWith("."))) {
      const target = layerOf(relative(root, resolve(dirname(file.path), specifier)));
      if (target !== layer && !allowed[layer]!.includes(target)) wrong.push(`${file.name} -> ${specifier}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("no import cycle", () => {
  const graph = new Map(
    files.map((file) => [
      file.path,
      // Type-only imports vanish at run time and may point both ways.
      importsOf(file.text.replace(/^(?:import|export) type [^;]*;/gm, ""))
        .filter((s) => s.startsWith("."))
        .map((s) => resolve(dirname(file.path), s)),
    ]),
  );
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].map((p) => relative(root, p)).join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

test("no source file is longer than 300 lines", () => {
  expect(files.filter((file) => file.text.split("\n").length - 1 > 300).map((file) => file.name)).toEqual([]);
});

test("core does no input or output", () => {
  const offenders = files.filter(
    (f) => layerOf(f.name) === "core" && importsOf(f.text).some((s) => /^node:(fs|net|http|https|child_process|tls|dns)/.test(s)),
  );
  expect(offenders.map((file) => file.name)).toEqual([]);
});

test("the emulator imports node built-ins and core only", () => {
  const foreign = files
    .filter((file) => layerOf(file.name) === "emulator")
    .flatMap((file) =>
      importsOf(file.text)
        .filter((s) => !s.startsWith(".") && !s.startsWith("node:"))
        .map((s) => `${file.name} -> ${s}`),
    );
  expect(foreign).toEqual([]);
});

test("only config/env.ts reads the environment and only cli/main.ts ends the process", () => {
  const env = files.filter((file) => /process\.env\b/.test(file.text) && file.name !== "config/env.ts");
  const exit = files.filter((file) => /process\.exit\(/.test(file.text) && file.name !== "cli/main.ts");
  expect({ env: env.map((f) => f.name), exit: exit.map((f) => f.name) }).toEqual({ env: [], exit: [] });
});

test("nothing outside cli prints with console", () => {
  expect(
    files.filter((file) => layerOf(file.name) !== "cli" && /\bconsole\.\w+\(/.test(file.text)).map((file) => file.name),
  ).toEqual([]);
});

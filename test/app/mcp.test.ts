import { expect, test } from "vitest";
import { parseArguments, splitWords } from "../../src/app/mcp.ts";

test.each([
  ["npx -y server", ["npx", "-y", "server"]],
  [`node "a b.js" 'c "d"'`, ["node", "a b.js", 'c "d"']],
  [String.raw`node a\ b.js "say \"hi\"" 'back\slash'`, ["node", "a b.js", 'say "hi"', "back\\slash"]],
  [String.raw`C:\tools\server.exe --x`, ["C:\\tools\\server.exe", "--x"]],
  [`a "" b`, ["a", "", "b"]],
  ["  spaced   out  ", ["spaced", "out"]],
])("the command line %s is split as a shell would", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test("an open quote is a usage error", () => {
  expect(() => splitWords(`node "x`)).toThrow(expect.objectContaining({ code: "usage" }));
});

test("key=value is text, key:=JSON is JSON, and --args comes first", () => {
  expect(parseArguments(["a=1", "b:=1", "c:=[1,2]", "d=x=y", "e="], '{"a":0,"f":true}')).toEqual({
    a: "1",
    b: 1,
    c: [1, 2],
    d: "x=y",
    e: "",
    f: true,
  });
});

test.each([["nothing"], ["=x"], ["a:={"]])("%s is no argument, and says so", (word) => {
  expect(() => parseArguments([word], undefined)).toThrow(expect.objectContaining({ code: "usage" }));
});

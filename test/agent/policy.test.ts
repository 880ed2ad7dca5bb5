import { expect, test } from "vitest";
import { createPolicy, type PolicyOptions } from "../../src/agent/policy.ts";
import type { Tool, ToolAnnotations } from "../../src/core/tools.ts";

const tool = (server: string, name: string, annotations: ToolAnnotations = {}): Tool => ({
  name: `${server}__${name}`,
  server,
  tool: name,
  description: "",
  inputSchema: {},
  annotations,
});
const decide = (options: PolicyOptions, asked: Tool, taintedBy: readonly string[] = []) =>
  createPolicy(options)(asked, { id: "c1", arguments: '{"to":"boss"}', signal: new AbortController().signal, taintedBy });
const send = tool("mail", "send");
const read = tool("mail", "read", { readOnlyHint: true });
const fetchPage = tool("web", "fetch", { readOnlyHint: true, openWorldHint: true });

test("a tool that no rule names is denied where nobody can be asked", async () => {
  expect(await decide({}, send)).toEqual({ decision: "denied", reason: expect.stringContaining("nobody can be asked") });
});

test("whoever can be asked sees the exact arguments and the reason", async () => {
  const asked: unknown[] = [];
  const approve: PolicyOptions["approve"] = async (request) => {
    asked.push(request);
    return { decision: "denied", reason: "no" };
  };
  await decide({ approve }, send);
  expect(asked).toEqual([{ id: "c1", server: "mail", tool: "send", arguments: '{"to":"boss"}', reason: expect.any(String) }]);
});

test.each([["mail/send"], ["mail/*"], ["send"], ["*"], ["mail__send"]])("the pattern %s allows a tool", async (pattern) => {
  expect((await decide({ allow: [pattern] }, send)).decision).toBe("allowed");
});

test.each([["mail/sen"], ["mai/*"], ["ml/send"], ["mail.send"], ["*/read"]])("the pattern %s does not", async (pattern) => {
  expect((await decide({ allow: [pattern] }, send)).decision).toBe("denied");
});

test.each(["files/*", "files/read_*", "files__read_*"])(
  "a tool of another server that calls itself like one of the pattern %s is not allowed by it",
  async (pattern) => {
    expect((await decide({ allow: [pattern] }, tool("files", "read_text"))).decision).toBe("allowed");
    for (const name of ["files/read_text", "files__read_text"])
      expect((await decide({ allow: [pattern] }, tool("evil", name))).decision).toBe("denied");
    expect((await decide({ allow: ["*"], deny: [pattern] }, tool("evil", "files/read_text"))).reason).toMatch(
      pattern.includes("__") ? "allows" : "denies",
    );
  },
);

test.each(["files*", "files_*", "file*", "f*", "files", "files_read"])(
  "where there is a server called files, the pattern %s is no way in for another server's tools",
  async (pattern) => {
    const options = { allow: [pattern], servers: ["files", "evil"] };
    for (const name of ["files_read", "files", "files_", "files-x"])
      expect((await decide(options, tool("evil", name))).decision).toBe("denied");
  },
);

test.each([
  ["files*", "anything"],
  ["files_*", "files_read"],
  ["files_read", "files_read"],
])("the pattern %s still allows the tool %s of the server it begins with", async (pattern, name) => {
  expect((await decide({ allow: [pattern], servers: ["files", "evil"] }, tool("files", name))).decision).toBe("allowed");
});

test.each(["read_*", "*read*", "*/files_read", "filesystem_*", "files_read"])(
  "the pattern %s means tools of any server where it begins like none",
  async (pattern) => {
    const name = pattern.replace("*/", "").replaceAll("*", "") || "x";
    expect((await decide({ allow: [pattern], servers: ["mail", "files-2"] }, tool("mail", name))).decision).toBe("allowed");
  },
);

test("results of a trusted server do not make others ask", async () => {
  expect((await decide({ allow: ["*"], trusted: ["kb"] }, send, ["kb"])).decision).toBe("allowed");
  expect((await decide({ allow: ["*"], trusted: ["kb"] }, send, ["kb", "web"])).reason).toMatch(/results of web were read/);
});

test("deny wins over everything, --approve-all included", async () => {
  expect((await decide({ allow: ["*"], own: ["mail"], approveAll: true, deny: ["mail/*"] }, send)).decision).toBe("denied");
});

test("ask wins over allow", async () => {
  expect((await decide({ allow: ["*"], ask: ["mail/send"] }, send)).decision).toBe("denied");
});

test("after an untrusted result a tool with possible effects is asked for even if it is allowed", async () => {
  expect((await decide({ allow: ["*"] }, send, ["kb"])).decision).toBe("denied");
  expect((await decide({ allow: ["*"] }, fetchPage, ["kb"])).decision).toBe("denied");
  expect((await decide({ allow: ["*"] }, read, ["kb"])).decision).toBe("allowed");
  expect((await decide({ allow: ["*"], trusted: ["mail"] }, send, ["kb"])).decision).toBe("allowed");
});

test("a tool that calls itself read-only is not allowed by that", async () => {
  expect((await decide({}, read)).decision).toBe("denied");
});

test("Lectern's own knowledge tools run unasked", async () => {
  expect((await decide({ own: ["knowledge"] }, tool("knowledge", "search"), ["mail"])).decision).toBe("allowed");
});

test("a pattern with many stars is matched in time", async () => {
  const begin = performance.now();
  await decide({ allow: [`${"*a".repeat(30)}b`] }, tool("x", "a".repeat(200)));
  expect(performance.now() - begin).toBeLessThan(1000);
});

import { expect, test } from "vitest";
import { connected, type Script, ways } from "./support.ts";

const serving: Script = {
  capabilities: { tools: {}, resources: {} },
  on: (method, params) => {
    if (method === "resources/list") {
      if (params.cursor === "2") return { result: { resources: [{ uri: "note://2", name: "Two" }], nextCursor: "2" } };
      const resources = [
        { uri: "note://1", name: "One\u001b[2J", mimeType: "text/plain" },
        { name: "no uri" },
        null,
        { uri: "a\nb" },
      ];
      return { result: { resources, nextCursor: "2" } };
    }
    if (method !== "resources/read") return undefined;
    if (params.uri !== "note://1") return { error: { code: -32602, message: "Resource not found" } };
    return {
      result: {
        contents: [
          { uri: "note://1", mimeType: "text/plain", text: "body\u202e" },
          { uri: "note://1#img", blob: "AAAA" },
        ],
      },
    };
  },
};

for (const way of ways) {
  test(`resources are listed page by page, unreadable ones left out (${way.name})`, async () => {
    await using connection = await connected({ ...serving, ...way });
    expect(await connection.toolbox.listResources("s")).toEqual([
      { uri: "note://1", name: "One\\x1b[2J", mimeType: "text/plain" },
      { uri: "note://2", name: "Two" },
    ]);
  });

  test(`a resource is read as neutralised text (${way.name})`, async () => {
    await using connection = await connected({ ...serving, ...way });
    expect(await connection.toolbox.readResource("s", "note://1")).toEqual({
      uri: "note://1",
      mimeType: "text/plain",
      text: "body\\u{202e}\n\n[note://1#img: binary content left out]",
    });
  });
}

test("unknown resources and servers are errors with a reason", async () => {
  await using connection = await connected(serving);
  await expect(connection.toolbox.readResource("s", "note://9")).rejects.toMatchObject({
    code: "service",
    message: expect.stringContaining("not found"),
  });
  await expect(connection.toolbox.readResource("other", "note://1")).rejects.toMatchObject({ code: "usage" });
});

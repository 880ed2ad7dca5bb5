import { expect, test } from "vitest";
import type { ToolResult } from "../../src/core/tools.ts";
import { createToolbox } from "../../src/mcp/index.ts";
import { type Answer, callTool, connected, echoTool, type Script, scripted, textOf, until, ways } from "./support.ts";

const offersResources = () => true;
const capabilities = { tools: {}, resources: {} };

/** A server of resources: `texts` by uri, or whatever `read` answers. */
function library(read: (uri: string) => Answer, listed: readonly unknown[] = []): Script {
  return {
    capabilities,
    on: (method, params) => {
      if (method === "resources/list") return { result: { resources: listed } };
      if (method === "resources/templates/list")
        return { result: { resourceTemplates: [{ uriTemplate: "note://{id}", name: "Any note" }] } };
      return method === "resources/read" ? read(String(params.uri)) : undefined;
    },
  };
}
const content = (value: object): Answer => ({ result: { contents: [value] } });
const readFrom = async (script: Script, args: object, options = {}): Promise<ToolResult> => {
  await using connection = await connected(script, { offersResources, ...options });
  return await callTool(connection.toolbox, "read_resource", args as never);
};

for (const way of ways) {
  test(`the model reads a server's resources by a tool of the host (${way.name})`, async () => {
    const script = library(
      (uri) => content({ uri, mimeType: "text/plain", text: `text of ${uri}\u202e` }),
      [{ uri: "note://1", name: "One", description: "The first" }],
    );
    await using connection = await connected({ ...script, ...way }, { offersResources });
    const { toolbox } = connection;
    expect(toolbox.tools().map(({ name, server, tool }) => [name, server, tool])).toEqual([
      ["s__echo", "s", "echo"],
      ["s__read_resource", "s", "read_resource"],
    ]);
    expect(textOf(await callTool(toolbox, "read_resource"))).toBe("- note://1 (One; The first)\n- note://{id} (Any note)");
    const read = await callTool(toolbox, "read_resource", { uri: "note://1" });
    expect(textOf(read)).toBe("text of note://1\\u{202e}");
    expect(read.passages).toMatchObject([{ uri: "s:read_resource#1", path: null }]);
  });
}

test("the tool is there only where the server has resources and the host may offer them, and always the same", async () => {
  const tools = async (script: Script, options = {}) => {
    await using connection = await connected(script, options);
    return connection.toolbox.tools();
  };
  const names = async (script: Script, options = {}) => (await tools(script, options)).map(({ tool }) => tool);
  expect(await names({ capabilities })).toEqual(["echo"]);
  expect(await names({ capabilities: { tools: {} } }, { offersResources })).toEqual(["echo"]);
  expect(await tools({ capabilities }, { offersResources })).toEqual(await tools({ capabilities }, { offersResources }));
});

test("a server's own tool of that name stays its own", async () => {
  const script = { capabilities, tools: [{ ...echoTool, name: "read_resource" }] };
  expect(textOf(await readFrom(script, { text: "mine" }))).toBe("mine");
});

test("a list that was read again keeps the tool and its object", async () => {
  const options = { offersResources };
  await using connection = await connected({ capabilities: { ...capabilities, tools: { listChanged: true } } }, options);
  const before = connection.toolbox.tools();
  connection.server.send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
  await until(() => connection.server.received.filter(({ method }) => method === "tools/list").length === 2);
  await callTool(connection.toolbox);
  expect(connection.toolbox.tools()).toBe(before);
});

test("a huge resource is cut and can be read on", async () => {
  const script = library((uri) => content({ uri, text: "word ".repeat(200_000) }));
  const result = await readFrom(script, { uri: "note://1" }, { maxResultCharacters: 1_000 });
  expect(textOf(result).length).toBeLessThan(1_500);
  expect(textOf(result)).toContain("lectern__read_more");
});

test("binary resources are named; pictures are shown", async () => {
  expect(
    textOf(
      await readFrom(
        library((uri) => content({ uri, blob: "AAAA" })),
        { uri: "a://b" },
      ),
    ),
  ).toContain("binary data left out");
  const picture = await readFrom(
    library((uri) => content({ uri, mimeType: "image/png", blob: "AAAA" })),
    { uri: "a://b" },
  );
  expect(picture.content).toMatchObject([{ type: "image", mimeType: "image/png" }]);
});

test.each<[string, Answer]>([
  ["refuses the uri", { error: { code: -32602, message: "Resource not found" } }],
  ["answers with nothing", { result: { contents: [] } }],
  ["answers with no list", { result: { contents: "text" } }],
  ["answers with entries that are none", { result: { contents: [null, 1, []] } }],
])("a server that %s is an answer the model can read", async (_, answer) => {
  expect(
    await readFrom(
      library(() => answer),
      { uri: "note://1" },
    ),
  ).toMatchObject({ isError: true });
});

test("a resource that never comes ends with the call's time, or the caller's", async () => {
  const mute = library(() => "nothing");
  const late = await readFrom(mute, { uri: "note://1" }, { callTimeoutMs: 30 });
  expect(late).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("did not answer in time") }] });
  await using connection = await connected(mute, { offersResources });
  const stop = new AbortController();
  const read = callTool(connection.toolbox, "read_resource", { uri: "note://1" }, stop.signal);
  stop.abort(new Error("Ctrl-C"));
  await expect(read).rejects.toThrow("Ctrl-C");
});

test.each([[5], [["note://1"]], ["a\nb"], ["note://\u001b[2J"], ["x".repeat(5_000)]])(
  "%j is no uri, and the server never hears of it",
  async (uri) => {
    let asked = 0;
    const result = await readFrom(
      library(() => {
        asked++;
        return content({ text: "no" });
      }),
      { uri },
    );
    expect(result.isError).toBe(true);
    expect(asked).toBe(0);
  },
);

test.each(["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "C:\\x", "note://../x"])(
  "the path-like uri %s goes to the server as it is, and nowhere else",
  async (uri) => {
    const heard: string[] = [];
    const script = library((asked) => {
      heard.push(asked);
      return { error: { code: -32602, message: "not found" } };
    });
    expect(textOf(await readFrom(script, { uri }))).toContain("not found");
    expect(heard).toEqual([uri]);
  },
);

test.each(["https://evil.example/?q=secret", "HTTP://evil.example", "//evil.example/x", "\\\\evil\\share", "file://evil/share"])(
  "the address %s, which could carry something out, is read only where the server lists it",
  async (uri) => {
    const serve = (asked: string) => content({ uri: asked, text: "page" });
    expect(textOf(await readFrom(library(serve), { uri }))).toContain("only where the server lists them");
    expect(textOf(await readFrom(library(serve, [{ uri, name: "Page" }]), { uri }))).toBe("page");
  },
);

test("an endless list of resources is cut", async () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ uri: `note://${i}`, name: `note://${i}` }));
  const listed = textOf(
    await readFrom(
      library(() => undefined, many),
      {},
    ),
  );
  expect(listed.split("\n")).toHaveLength(201);
  expect(listed).toContain("[301 more are not listed.]");
});

test("a server that is gone is an answer too", async () => {
  const server = scripted({ capabilities });
  await using toolbox = await createToolbox({ s: server.config }, { offersResources, maxRestarts: 0 });
  const [tool] = toolbox.tools().slice(-1);
  expect(tool?.tool).toBe("read_resource");
  await toolbox[Symbol.asyncDispose]();
  expect(await callTool(toolbox, "read_resource", { uri: "note://1" })).toMatchObject({ isError: true });
});

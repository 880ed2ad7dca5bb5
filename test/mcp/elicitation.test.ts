import { expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../src/core/json.ts";
import { readElicitation } from "../../src/mcp/elicitation.ts";
import type { Elicit, Elicitation, ElicitationAnswer } from "../../src/mcp/index.ts";
import { callTool, connected, type Script, textAnswer, textOf, type Way, ways } from "./support.ts";

const form = (message: string) => ({
  mode: "form",
  message,
  requestedSchema: { type: "object", properties: { colour: { type: "string", default: "blue" }, size: { type: "number" } } },
});

/** A server that asks `params` during a call, in the way of its revision, and answers the call with what it was told. */
function asking(way: Way, params: object): Script {
  return {
    ...way,
    on: async (method, call, message, send) => {
      if (method !== "tools/call") return undefined;
      if (way.era === "legacy") return textAnswer(JSON.stringify(await request(send, `ask-${message.id}`, params)));
      const { inputResponses } = call;
      if (isJsonObject(inputResponses)) return textAnswer(JSON.stringify(inputResponses.q));
      return { result: { resultType: "input_required", inputRequests: { q: { method: "elicitation/create", params } } } };
    },
  };
}

const waiting = new Map<string, (answer: unknown) => void>();

/** Sends a request to the host and waits for its answer, which `ask` hands over. */
function request(send: (message: unknown) => void, id: string, params: object): Promise<unknown> {
  send({ jsonrpc: "2.0", id, method: "elicitation/create", params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

async function ask(way: Way, params: object, answer?: ElicitationAnswer) {
  const questions: Elicitation[] = [];
  const servers: string[] = [];
  const elicit: Elicit = async (question, { server }) => {
    questions.push(question);
    servers.push(server);
    return answer ?? { action: "decline" };
  };
  const onReceived = ({ id, result, error }: JsonObject): void => {
    if (typeof id === "string") waiting.get(id)?.(result ?? error);
  };
  await using connection = await connected({ ...asking(way, params), onReceived }, answer === undefined ? {} : { elicit });
  const result = await callTool(connection.toolbox);
  return { questions, servers, result, told: textOf(result) };
}

for (const way of ways) {
  test(`a form is shown to the person and answered, defaults filled in (${way.name})`, async () => {
    const { questions, servers, told } = await ask(way, form("Which\u001b[2J colour?"), {
      action: "accept",
      content: { size: 3 },
    });
    expect(questions).toMatchObject([{ kind: "form", message: "Which\\x1b[2J colour?" }]);
    expect(servers).toEqual(["s"]);
    expect(JSON.parse(told)).toMatchObject({ action: "accept", content: { size: 3, colour: "blue" } });
  });

  test(`declining is told to the server (${way.name})`, async () => {
    expect(JSON.parse((await ask(way, form("?"), { action: "decline" })).told)).toMatchObject({ action: "decline" });
  });

  test.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "vscode://file/x",
    "\\\\evil\\share",
    "not a url",
    "https://bank.example@evil.example/",
  ])(`nobody is asked to open %j (${way.name})`, async (url) => {
    const { questions, told } = await ask(
      way,
      { mode: "url", message: "Sign in", url, elicitationId: "e" },
      { action: "accept" },
    );
    expect(questions).toEqual([]);
    expect(told).not.toContain("accept");
  });

  test(`a web address is shown whole before anything is opened (${way.name})`, async () => {
    const url = "https://login.example/?a=1&b=%22";
    const { questions } = await ask(way, { mode: "url", message: "Sign in", url, elicitationId: "e" }, { action: "accept" });
    expect(questions).toEqual([{ kind: "url", message: "Sign in", url }]);
  });

  test(`where nobody can be asked, the call fails or goes on without (${way.name})`, async () => {
    const { questions, result } = await ask(way, form("?"));
    expect(questions).toEqual([]);
    if (way.era === "modern") expect(textOf(result)).toContain("nobody can be asked");
  });
}

test("a tool that first wants something done in a browser says so, and is not called again by itself", async () => {
  const elicitations = [{ mode: "url", message: "Pay", url: "https://pay.example/", elicitationId: "e" }];
  let calls = 0;
  const script: Script = {
    on: (method) => {
      if (method !== "tools/call") return undefined;
      calls += 1;
      return { error: { code: -32042, message: "needed", data: { elicitations } } };
    },
  };
  const shown: Elicitation[] = [];
  const elicit = async (question: Elicitation): Promise<ElicitationAnswer> => {
    shown.push(question);
    return { action: "accept" };
  };
  await using connection = await connected(script, { elicit });
  expect(textOf(await callTool(connection.toolbox))).toContain("Call the tool again");
  expect([shown.length, calls]).toEqual([1, 1]);
});

test.each([
  ["password", {}],
  ["apiKey", {}],
  ["x", { title: "Your one-time code" }],
  ["x", { description: "The number on your credit card" }],
  ["access_token", {}],
])("a form that wants a secret (%s %j) comes with a warning", async (name, field) => {
  const params = {
    message: "Please fill in",
    requestedSchema: { type: "object", properties: { [name]: { type: "string", ...field } } },
  };
  const { questions } = await ask(ways[0], params, { action: "decline" });
  expect(questions).toMatchObject([{ warning: expect.stringContaining("secret") }]);
});

test.each([
  ["max_tokens", {}],
  ["keyword", { title: "Key words" }],
  ["pinned", { title: "Pin it to the top?" }],
  ["passenger", {}],
  ["author", {}],
])("an ordinary form (%s) comes without", async (name, field) => {
  const params = {
    message: "Please fill in",
    requestedSchema: { type: "object", properties: { [name]: { type: "string", ...field } } },
  };
  const { questions } = await ask(ways[0], params, { action: "decline" });
  expect(questions).toEqual([expect.not.objectContaining({ warning: expect.anything() })]);
});

test("a question cannot push its server's name out of sight, nor a label or choice open a line of its own", () => {
  const asked = (message: string, properties: object) =>
    readElicitation({ message, requestedSchema: { type: "object", properties } });
  expect(asked(`Hi.${"\n \n".repeat(50)}Lectern asks: go on?`, {})?.message).toBe("Hi.\n\nLectern asks: go on?");
  expect(asked("Hi.", { a: { type: "string", title: "Name\n\nYour key", description: "x\ny" } })).toMatchObject({
    schema: { properties: { a: { title: "Name Your key", description: "x y" } } },
  });
  expect(asked("Hi.", { "a\nYour key": { type: "string" } })).toBeUndefined();
  expect(asked("Hi.", { a: { type: "string", enum: ["x", "y\nYour key"] } })).toBeUndefined();
});

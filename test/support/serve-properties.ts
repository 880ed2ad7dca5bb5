import { connect } from "node:net";
import fc from "fast-check";
import { isJsonObject, type Json, type JsonObject } from "../../src/core/json.ts";
import { compileArguments } from "../../src/serve/arguments.ts";
import { openConnection } from "../../src/serve/connection.ts";
import { createDispatcher } from "../../src/serve/dispatcher.ts";
import { decodeHeaderValue } from "../../src/serve/modern-headers.ts";
import { nestingOf, parseMessage } from "../../src/serve/rpc.ts";
import { serveTools } from "../../src/serve/serve-tools.ts";
import { modernMeta } from "../serve/stdio-client.ts";
import { conformanceApp } from "./conformance-app.ts";

/** What must hold for any input at all. `npm test` tries a thousand of each, `fuzz-nightly.ts` a hundred thousand. */
export const properties: Readonly<Record<string, (runs: number) => Promise<void>>> = {
  "any text is answered with valid messages, each request once, and the server goes on": anyTextIsAnswered,
  "any bytes on the HTTP port get a sound answer or none, and the server goes on": anyBytesAreSurvived,
  "nesting is measured as it is": async (runs) => {
    const depthOf = (value: Json): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    const holds = (value: unknown): boolean => nestingOf(JSON.stringify(value)) === depthOf(value as Json);
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), holds), { numRuns: runs });
  },
  "any schema can be compiled, and checking any arguments comes to an end": async (runs) => {
    const holds = (schema: JsonObject, args: JsonObject): boolean => {
      const problem = compileArguments(schema)(args);
      return problem === undefined || problem.length > 0;
    };
    fc.assert(fc.property(schemaLike, fc.dictionary(words, jsonLike), holds), { numRuns: runs });
  },
  "any value that a header carries as base64 comes out as it went in": async (runs) => {
    const holds = (value: string): boolean => {
      const bytes = Buffer.from(value, "utf8");
      return decodeHeaderValue(`=?base64?${bytes.toString("base64")}?=`) === bytes.toString("utf8");
    };
    fc.assert(fc.property(fc.string({ unit: "binary" }), holds), { numRuns: runs });
  },
};

const words = fc.constantFrom("type", "properties", "items", "$ref", "anyOf", "a", "b", "__proto__", "constructor", "length");
const jsonLike = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const small = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 1e9, "x", {}, []),
  fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>,
);
const schemaLike: fc.Arbitrary<JsonObject> = fc.letrec<{ schema: JsonObject; any: Json }>((tie) => ({
  // The first of the two ends the recursion.
  any: fc.oneof({ maxDepth: 1, depthIdentifier: "schema" }, small, tie("schema")),
  schema: fc.record(
    {
      type: fc.oneof(fc.constantFrom<Json>("object", "array", "string", "integer", "null", "nonsense"), small),
      properties: fc.oneof(fc.dictionary(words, tie("any")), small),
      required: fc.oneof(fc.array(words), small),
      items: tie("any"),
      anyOf: fc.oneof(fc.array(tie("any"), { maxLength: 3 }), small),
      enum: small,
      minimum: small,
      maxLength: fc.oneof(fc.integer(), small),
      $ref: fc.oneof(fc.constantFrom<Json>("#", "#/properties/a", "#/nowhere", "https://evil.example/x"), small),
      $defs: fc.dictionary(words, tie("any")),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>,
})).schema;

const methods = fc.constantFrom<Json>(
  ..."initialize ping tools/list tools/call resources/read resources/list prompts/get completion/complete".split(" "),
  ..."server/discover subscriptions/listen logging/setLevel notifications/cancelled __proto__".split(" "),
);
const tools = fc.constantFrom(
  "test_simple_text",
  "test_error_handling",
  "json_schema_2020_12_tool",
  "test_elicitation",
  "toString",
);
const params = fc.oneof(
  jsonLike,
  fc.record(
    {
      name: fc.oneof(tools, jsonLike),
      uri: fc.oneof(fc.constantFrom<Json>("test://static-text", "test://template/1/data"), jsonLike),
      arguments: jsonLike,
      cursor: jsonLike,
      requestId: jsonLike,
      ref: fc.oneof(fc.record({ type: fc.constantFrom("ref/prompt", "ref/resource"), uri: jsonLike, name: jsonLike }), jsonLike),
      argument: fc.oneof(fc.record({ name: jsonLike, value: jsonLike }), jsonLike),
      _meta: fc.oneof(fc.constant<Json>(modernMeta), jsonLike),
      requestState: jsonLike,
      inputResponses: jsonLike,
      notifications: jsonLike,
    },
    { requiredKeys: [] },
  ),
);
const message = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant<Json>("2.0") }, { weight: 1, arbitrary: jsonLike }),
    id: fc.oneof(fc.integer(), fc.string(), jsonLike),
    method: fc.oneof({ weight: 9, arbitrary: methods }, { weight: 1, arbitrary: jsonLike }),
    params,
    result: jsonLike,
    error: jsonLike,
  },
  { requiredKeys: ["jsonrpc"] },
);
const text = fc.oneof(
  { weight: 6, arbitrary: message.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: jsonLike.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  // A message with one character changed.
  {
    weight: 2,
    arbitrary: fc.tuple(message, fc.nat(), fc.string({ maxLength: 1 })).map(([value, at, put]) => {
      const whole = JSON.stringify(value);
      const cut = at % whole.length;
      return whole.slice(0, cut) + put + whole.slice(cut + 1);
    }),
  },
);

async function anyTextIsAnswered(runs: number): Promise<void> {
  const dispatcher = createDispatcher(conformanceApp());
  const holds = async (texts: readonly string[]): Promise<boolean> => {
    const sent: unknown[] = [];
    const connection = openConnection(dispatcher, { send: (answer) => sent.push(JSON.parse(answer)) });
    for (const one of texts) connection.receive(parseMessage(one));
    connection.receive({ jsonrpc: "2.0", id: "still there?", method: "ping" });
    // Whatever can be answered without asking back has been answered after a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    connection.close();
    return sent.every(isMessage) && sent.filter((answer) => isJsonObject(answer) && answer.id === "still there?").length === 1;
  };
  await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), holds), { numRuns: runs });
  dispatcher.close();
}

const requestLines = [
  "POST /mcp HTTP/1.1",
  "Host: 127.0.0.1",
  "Content-Type: application/json",
  "Accept: application/json, text/event-stream",
  "MCP-Protocol-Version: 2026-07-28",
  "Mcp-Method: tools/list",
  "Transfer-Encoding: chunked",
  "Expect: 100-continue",
  "Origin: http://localhost",
  "Mcp-Session-Id: x",
  "Last-Event-ID: 0-1",
];
const cutLine = fc.tuple(fc.constantFrom(...requestLines), fc.nat(60), fc.string({ unit: "binary", maxLength: 3 }));
const bytes = fc
  .tuple(
    fc.constantFrom(
      "POST /mcp",
      "GET /mcp",
      "DELETE /mcp",
      "GET /sse",
      "POST /messages?sessionId=1",
      "OPTIONS /mcp",
      "HEAD /readyz",
    ),
    fc.array(
      fc.oneof(
        fc.constantFrom(...requestLines),
        cutLine.map(([line, at, put]) => line.slice(0, at) + put + line.slice(at)),
      ),
    ),
    fc.option(text),
    fc.string({ unit: "binary", maxLength: 8 }),
  )
  .map(([target, lines, body, rest]) => {
    const length = body === null ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    return `${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${[...lines, ...length].join("\r\n")}\r\n\r\n${body ?? ""}${rest}`;
  });

async function anyBytesAreSurvived(runs: number): Promise<void> {
  await using serving = await serveTools({ server: conformanceApp() });
  const exchange = (sent: string): Promise<string> =>
    new Promise((resolve) => {
      let received = "";
      const socket = connect(serving.port, "127.0.0.1", () => socket.end(sent));
      socket.on("data", (chunk) => {
        received += chunk.toString("latin1");
        // A stream that stays open has begun well.
        if (received.includes("text/event-stream")) socket.destroy();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(received));
    });
  const holds = async (sent: string): Promise<boolean> => {
    const received = await exchange(sent);
    return received === "" || /^HTTP\/1\.1 (100|2\d\d|4\d\d) /.test(received);
  };
  await fc.assert(fc.asyncProperty(bytes, holds), { numRuns: runs });
  if ((await fetch(new URL("/healthz", serving.url))).status !== 200) throw new Error("the server is gone");
}

/** A JSON-RPC 2.0 message that gives nothing of the inside away. */
function isMessage(value: unknown): boolean {
  if (!isJsonObject(value) || value.jsonrpc !== "2.0") return false;
  if (/\n\s+at |node_modules|file:\/\//.test(JSON.stringify(value.error ?? ""))) return false;
  if (typeof value.method === "string") return true;
  const answers = Number(value.result !== undefined) + Number(value.error !== undefined) === 1;
  const { error } = value;
  return answers && (error === undefined || (isJsonObject(error) && Number.isInteger(error.code) && error.code !== -32603));
}

import { LecternError } from "../../src/core/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../src/core/json.ts";
import type {
  InputRequest,
  Offer,
  OfferChange,
  OfferedCallContext,
  OfferedPrompt,
  OfferedResources,
  OfferedResult,
  OfferedTool,
} from "../../src/serve/offer.ts";

/** The tools, prompts and resources that the official conformance suite asks a server to have, served by our own layers. */
export function conformanceApp(): Offer {
  const listeners = new Set<(change?: OfferChange) => void>();
  const changed = (kind: "tools" | "prompts"): void => {
    for (const listener of listeners) listener({ kind });
  };
  return {
    name: "lectern-conformance",
    version: "1.0.0",
    instructions: "A server for the conformance suite.",
    logging: true,
    tools: [...plainTools, ...talkingTools(changed), ...askingTools],
    resources,
    prompts,
    completePrompt: async (_prompt, _argument, value) =>
      ["paris", "park", "party", "test"].filter((word) => word.startsWith(value)),
    onChanged: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** One red pixel. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/** A header and no samples. */
const wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

const noInput: JsonObject = { type: "object", properties: {} };
const text = (said: string): OfferedResult => ({ content: [{ type: "text", text: said }] });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function tool(name: string, call: OfferedTool["call"], inputSchema: JsonObject = noInput): OfferedTool {
  return { name, description: `Conformance tool ${name}.`, inputSchema, call };
}

const mixedResource = { uri: "test://mixed-content-resource", mimeType: "application/json", text: '{"test":"data","value":123}' };
const schema2020: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" }, city: { type: "string" } } },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword.
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

const plainTools: readonly OfferedTool[] = [
  tool("test_simple_text", () => text("This is a simple text response for testing.")),
  tool("test_image_content", () => ({ content: [{ type: "image", data: png, mimeType: "image/png" }] })),
  tool("test_audio_content", () => ({ content: [{ type: "audio", data: wav, mimeType: "audio/wav" }] })),
  tool("test_embedded_resource", () => ({
    content: [
      {
        type: "resource",
        resource: { uri: "test://embedded-resource", mimeType: "text/plain", text: "This is an embedded resource content." },
      },
    ],
  })),
  tool("test_multiple_content_types", () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      { type: "image", data: png, mimeType: "image/png" },
      { type: "resource", resource: mixedResource },
    ],
  })),
  tool("test_error_handling", () => {
    throw new LecternError("bad_request", "This tool intentionally returns an error for testing");
  }),
  tool("json_schema_2020_12_tool", () => text("ok"), schema2020),
  tool("test_x_mcp_header", ({ region }) => text(`region=${String(region)}`), {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      priority: { type: "integer", "x-mcp-header": "Priority" },
      verbose: { type: "boolean", "x-mcp-header": "Verbose" },
      query: { type: "string" },
    },
  }),
];

function talkingTools(changed: (kind: "tools" | "prompts") => void): readonly OfferedTool[] {
  return [
    tool("test_tool_with_logging", async (_args, { log }) => {
      for (const said of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
        log("info", said);
        await pause(20);
      }
      return text("Logged three messages.");
    }),
    tool("test_logging_tool", (_args, { log }) => {
      log("info", "A message for those who asked for it.");
      return text("Logged.");
    }),
    tool("test_tool_with_progress", async (_args, { progress }) => {
      for (const done of [0, 50, 100]) {
        progress(done, 100);
        await pause(20);
      }
      return text("Done in three steps.");
    }),
    tool("test_reconnection", async (_args, { releaseStream }) => {
      releaseStream();
      await pause(100);
      return text("Told after the stream was closed and opened again.");
    }),
    tool("test_trigger_tool_change", () => {
      changed("tools");
      return text("The list of tools has changed.");
    }),
    tool("test_trigger_prompt_change", () => {
      changed("prompts");
      return text("The list of prompts has changed.");
    }),
  ];
}

const elicit = (
  message: string,
  properties: JsonObject,
  required: readonly string[] = Object.keys(properties),
): InputRequest => ({
  method: "elicitation/create",
  params: { message, requestedSchema: { type: "object", properties, required } },
});
const sample = (prompt: string, maxTokens: number): InputRequest => ({
  method: "sampling/createMessage",
  params: { messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens },
});
const roots: InputRequest = { method: "roots/list", params: {} };
const askName = elicit("What is your name?", { name: { type: "string" } });
const askOk = elicit("Please confirm", { ok: { type: "boolean" } });

/** An answer of the person asked, or undefined where there is none yet under this key. */
function answer({ inputResponses }: OfferedCallContext, key: string): JsonObject | undefined {
  const given = inputResponses?.[key];
  return isJsonObject(given) ? given : undefined;
}

/** A tool that asks all of `requests` before it answers. */
function asks(name: string, requests: Readonly<Record<string, InputRequest>>, state?: Json): OfferedTool {
  return tool(name, (_args, context) => {
    const open = Object.keys(requests).filter((key) => answer(context, key) === undefined);
    if (open.length > 0) return { inputRequests: requests, ...(state === undefined ? {} : { state }) };
    return text(`${context.state === undefined ? "" : "state-ok "}${JSON.stringify(context.inputResponses)}`);
  });
}

function asksWith(name: string, inputSchema: JsonObject, request: (args: JsonObject) => InputRequest): OfferedTool {
  const call: OfferedTool["call"] = (args, context) => {
    const given = answer(context, "asked");
    if (given === undefined) return { inputRequests: { asked: request(args) } };
    return text(`Elicitation completed: action=${String(given.action)}, content=${JSON.stringify(given.content)}`);
  };
  return tool(name, call, inputSchema);
}

const enums: JsonObject = {
  untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
  titledSingle: {
    type: "string",
    oneOf: [
      { const: "value1", title: "First Option" },
      { const: "value2", title: "Second Option" },
    ],
  },
  legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["Option One", "Option Two", "Option Three"] },
  untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
  titledMulti: {
    type: "array",
    items: {
      anyOf: [
        { const: "value1", title: "First Choice" },
        { const: "value2", title: "Second Choice" },
      ],
    },
  },
};
const defaults: JsonObject = {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true },
};
const oneString = (name: string): JsonObject => ({
  type: "object",
  properties: { [name]: { type: "string" } },
  required: [name],
});

const askingTools: readonly OfferedTool[] = [
  asksWith("test_sampling", oneString("prompt"), ({ prompt }) => sample(String(prompt), 100)),
  asksWith("test_elicitation", oneString("message"), ({ message }) =>
    elicit(String(message), {
      username: { type: "string", description: "User's response" },
      email: { type: "string", description: "User's email address" },
    }),
  ),
  asksWith("test_elicitation_sep1034_defaults", noInput, () => elicit("Please check.", defaults, [])),
  asksWith("test_elicitation_sep1330_enums", noInput, () => elicit("Please choose.", enums, [])),
  asks("test_missing_capability", { asked: sample("Are you there?", 10) }),
  asks("test_streaming_elicitation", { user_name: askName }),
  asks("test_input_required_result_elicitation", { user_name: askName }),
  asks("test_input_required_result_sampling", { capital_question: sample("What is the capital of France?", 100) }),
  asks("test_input_required_result_list_roots", { client_roots: roots }),
  asks("test_input_required_result_request_state", { confirm: askOk }, { step: 1 }),
  asks("test_input_required_result_tampered_state", { confirm: askOk }, { step: 1 }),
  asks(
    "test_input_required_result_multiple_inputs",
    { user_name: askName, greeting: sample("Generate a greeting", 50), client_roots: roots },
    { step: 1 },
  ),
  tool("test_input_required_result_multi_round", (_args, context) => {
    const ask = (step: number, question: InputRequest): OfferedResult => ({
      inputRequests: { [`step${step}`]: question },
      state: { step },
    });
    if (context.state === undefined) return ask(1, elicit("Step 1: What is your name?", { name: { type: "string" } }));
    if (answer(context, "step2") !== undefined) return text("Both steps were answered.");
    return ask(2, elicit("Step 2: What is your favorite color?", { color: { type: "string" } }));
  }),
  tool("test_input_required_result_capabilities", (_args, { clientCapabilities }) => ({
    inputRequests: {
      ...(clientCapabilities.elicitation === undefined ? {} : { user_name: askName }),
      ...(clientCapabilities.sampling === undefined ? {} : { greeting: sample("Generate a greeting", 50) }),
    },
  })),
];

const listed = [
  { uri: "test://static-text", name: "static-text", description: "Plain text.", mimeType: "text/plain" },
  { uri: "test://static-binary", name: "static-binary", description: "A picture.", mimeType: "image/png" },
  { uri: "test://watched-resource", name: "watched-resource", description: "One to watch.", mimeType: "text/plain" },
];

const resources: OfferedResources = {
  list: async () => ({ resources: listed }),
  templates: () => [
    { uriTemplate: "test://template/{id}/data", name: "template", description: "By id.", mimeType: "application/json" },
  ],
  read: async (uri) => {
    const id = /^test:\/\/template\/(\w{1,64})\/data$/.exec(uri)?.[1];
    const data = { id: id ?? "", templateTest: true, data: `Data for ID: ${id}` };
    if (id !== undefined) return { uri, mimeType: "application/json", text: JSON.stringify(data) };
    if (uri === "test://static-binary") return { uri, mimeType: "image/png", blob: png };
    const known = listed.find((entry) => entry.uri === uri);
    return known && { uri, mimeType: "text/plain", text: "This is the content of the static text resource." };
  },
};

const says = (...contents: readonly JsonObject[]) => ({ messages: contents.map((content) => ({ role: "user", content })) });

const prompts: readonly OfferedPrompt[] = [
  {
    name: "test_simple_prompt",
    description: "One message.",
    get: () => says({ type: "text", text: "This is a simple prompt for testing." }),
  },
  {
    name: "test_prompt_with_arguments",
    description: "Two arguments.",
    arguments: [
      { name: "arg1", description: "First test argument", required: true },
      { name: "arg2", description: "Second test argument", required: true },
    ],
    get: ({ arg1, arg2 }) => says({ type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
  },
  {
    name: "test_prompt_with_embedded_resource",
    description: "A resource inside.",
    arguments: [{ name: "resourceUri", description: "URI of the resource to embed", required: true }],
    get: ({ resourceUri = "" }) =>
      says(
        {
          type: "resource",
          resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        },
        { type: "text", text: "Please process the embedded resource above." },
      ),
  },
  {
    name: "test_prompt_with_image",
    description: "A picture inside.",
    get: () =>
      says({ type: "image", data: png, mimeType: "image/png" }, { type: "text", text: "Please analyze the image above." }),
  },
  {
    name: "test_input_required_result_prompt",
    description: "Asks first.",
    get: (_args, context) => {
      const given = answer(context, "user_context");
      if (given !== undefined) return says({ type: "text", text: JSON.stringify(given.content) });
      const ask = elicit("What context should the prompt use?", { context: { type: "string" } });
      return { inputRequests: { user_context: ask } };
    },
  },
];

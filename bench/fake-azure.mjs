// A fake Azure OpenAI for benchmarks: no checks, no thinking time. First asks for the tool, then streams 150 tokens. Prints {"port":N}.
import http from "node:http";

const event = (type, fields, n) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: n, ...fields })}\n\n`;
const body = (status, output) => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  status,
  model: "m",
  output,
  usage: status === "completed" ? { input_tokens: 100, output_tokens: 150, total_tokens: 250 } : null,
  error: null,
});
const words = Array.from({ length: 150 }, (_, i) => (i % 10 === 9 ? " policy." : ` word${i}`));
const call = {
  id: "fc_1",
  type: "function_call",
  status: "completed",
  call_id: "call_1",
  arguments: '{"query":"vacation policy"}',
};
const message = {
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: words.join(""), annotations: [] }],
};

function* callEvents(tool) {
  const item = { ...call, name: tool };
  yield event("response.created", { response: body("in_progress", []) }, 0);
  yield event("response.output_item.added", { output_index: 0, item: { ...item, arguments: "" } }, 1);
  yield event("response.function_call_arguments.delta", { item_id: item.id, output_index: 0, delta: item.arguments }, 2);
  yield event("response.function_call_arguments.done", { item_id: item.id, output_index: 0, arguments: item.arguments }, 3);
  yield event("response.output_item.done", { output_index: 0, item }, 4);
  yield event("response.completed", { response: body("completed", [item]) }, 5);
}
function* textEvents() {
  let n = 0;
  yield event("response.created", { response: body("in_progress", []) }, n++);
  yield event("response.output_item.added", { output_index: 0, item: { ...message, content: [] } }, n++);
  yield event(
    "response.content_part.added",
    { item_id: message.id, output_index: 0, content_index: 0, part: { type: "output_text", text: "", annotations: [] } },
    n++,
  );
  for (const delta of words)
    yield event("response.output_text.delta", { item_id: message.id, output_index: 0, content_index: 0, delta }, n++);
  yield event("response.output_text.done", { item_id: message.id, output_index: 0, content_index: 0, text: words.join("") }, n++);
  yield event("response.output_item.done", { output_index: 0, item: message }, n++);
  yield event("response.completed", { response: body("completed", [message]) }, n++);
}

const server = http.createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { input, tools } = JSON.parse(text);
  const { type, output } = input.at(-1);
  const answered = type === "function_call_output";
  // Both contenders must have run the same search: what a tool refused costs nothing and would pass for speed.
  const search = tools.find(({ name }) => name.includes("search_knowledge_base"));
  if (search === undefined || (answered && !JSON.stringify(output).includes("vacation.md"))) {
    response.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"the search did not run"}}');
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const events = answered ? textEvents() : callEvents(search.name);
  for (const part of events) {
    response.write(part);
    // Each token in a write of its own, as from Azure.
    await new Promise(setImmediate);
  }
  response.end();
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
process.stdin.on("end", () => process.exit(0)).resume();

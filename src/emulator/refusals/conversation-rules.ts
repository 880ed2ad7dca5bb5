import { invalidRequest, type Refusal, reported } from "./refusal.ts";

const filterText =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";

/** What is wrong with the conversation sent: calls without results, reasoning from elsewhere, filtered text. */
export const conversationRefusals = [
  {
    id: "400-orphan-tool-message",
    status: 400,
    when: "A tool message answers no call of the message before, on chat.",
    trigger: "a `tool` message whose id no preceding assistant message called",
    evidence: reported("https://github.com/langchain-ai/task_mAIstro/issues/1"),
    body: invalidRequest(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      "messages.[{index}].role",
      null,
    ),
    example: { index: 1 },
  },
  {
    id: "400-unanswered-tool-calls",
    status: 400,
    when: "A call was not answered before the conversation goes on, on chat.",
    trigger: "an assistant message with calls that has not all its tool messages behind it",
    evidence: reported("https://github.com/aliasrobotics/cai/issues/111, https://github.com/microsoft/promptflow/pull/3130"),
    body: invalidRequest(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {ids}",
      "messages.[{index}].role",
      null,
    ),
    example: { index: 2, ids: "call_0" },
  },
  {
    id: "400-orphan-call-output",
    status: 400,
    when: "The output of a function or custom tool answers no call, on Responses.",
    trigger: "an output whose call_id is not in the input or the responses it continues",
    evidence: reported(
      "https://github.com/microsoft/vscode/issues/320060; for custom tools seen in public source of 2026, no link kept",
    ),
    body: invalidRequest("No tool call found for {kind} output with call_id {id}.", "input", null),
    example: { kind: "function call", id: "call_0" },
  },
  {
    id: "400-unanswered-call",
    status: 400,
    when: "The call of a function or custom tool has no output, on Responses.",
    trigger: "a call in the input (or in the response it continues) without its output",
    evidence: reported(
      "https://github.com/cloudflare/agents/issues/477; for custom tools seen in public source of 2026, no link kept",
    ),
    body: invalidRequest("No tool output found for {kind} {id}.", "input", null),
    example: { kind: "function call", id: "call_0" },
  },
  {
    id: "400-reasoning-item-missing",
    status: 400,
    when: "An item is replayed by id without the reasoning item it was made with.",
    trigger: "an item of a stored response, by its id, without that response's reasoning item",
    evidence: reported("https://github.com/earendil-works/pi/issues/886, https://github.com/openai/codex/issues/6375"),
    body: invalidRequest(
      "Item '{id}' of type '{type}' was provided without its required 'reasoning' item: '{reasoning}'.",
      "input",
      null,
    ),
    example: { id: "fc_0", type: "function_call", reasoning: "rs_0" },
  },
  {
    id: "400-reasoning-alone",
    status: 400,
    when: "A reasoning item is the last of its turn: nothing follows it.",
    trigger: "a reasoning item at the end of the input or before a user message",
    evidence: reported("https://github.com/openai/codex/issues/1498"),
    body: invalidRequest("Item '{id}' of type 'reasoning' was provided without its required following item.", "input", null),
    example: { id: "rs_0" },
  },
  {
    id: "400-previous-response",
    status: 400,
    when: "`previous_response_id` names a response that is not stored.",
    trigger: "an unknown id, or one made with `store: false`",
    evidence: reported("https://github.com/microsoft/agent-framework/issues/6419"),
    body: invalidRequest("Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found"),
    example: { id: "resp_0" },
  },
  {
    id: "400-encrypted-content",
    status: 400,
    when: "Encrypted reasoning of another resource or region is replayed.",
    trigger: "encrypted content that this emulator (by its resource name) did not make",
    evidence: reported(
      "https://github.com/openai/openai-agents-python/issues/2063, https://github.com/BerriAI/litellm/issues/40364",
    ),
    body: invalidRequest("The encrypted content {content} could not be verified.", null, null),
    example: { content: "gAAA...wXBV" },
  },
  {
    id: "400-encrypted-content-coded",
    status: 400,
    when: "The same with the newer code.",
    trigger: "by name",
    evidence: reported("https://github.com/BerriAI/litellm/issues/40364"),
    body: invalidRequest("The encrypted content {content} could not be verified.", null, "invalid_encrypted_content"),
    example: { content: "gAAA...wXBV" },
  },
  {
    id: "400-encrypted-not-supported",
    status: 400,
    when: "Encrypted reasoning is asked of a model that does not reason.",
    trigger: "`include: [reasoning.encrypted_content]` where the profile has `reasoning: false`",
    evidence: reported("https://github.com/earendil-works/pi/issues/6228"),
    body: invalidRequest("Encrypted content is not supported with this model.", "include", null),
  },
  {
    id: "400-content-filter-prompt",
    status: 400,
    when: "A filter stops the prompt: the user's words, or text that a tool returned.",
    trigger: "text that matches a content-filter trigger of the configuration",
    evidence: reported("https://github.com/microsoft/TinyTroupe/issues/85, https://github.com/openai/openai-dotnet/issues/55"),
    body: {
      error: {
        message: filterText,
        type: null,
        param: "prompt",
        code: "content_filter",
        status: 400,
        innererror: {
          code: "ResponsibleAIPolicyViolation",
          content_filter_result: {
            hate: { filtered: false, severity: "safe" },
            jailbreak: { filtered: true, detected: true },
            self_harm: { filtered: false, severity: "safe" },
            sexual: { filtered: false, severity: "safe" },
            violence: { filtered: false, severity: "safe" },
          },
        },
      },
    },
  },
  {
    id: "400-content-filter-bare",
    status: 400,
    when: "The same under a custom policy: no `innererror`.",
    trigger: "a trigger with `innererror: false`",
    evidence: reported("https://github.com/stanford-crfm/helm/pull/3327"),
    body: { error: { message: filterText, type: null, param: "prompt", code: "content_filter", status: 400 } },
  },
] as const satisfies readonly Refusal[];

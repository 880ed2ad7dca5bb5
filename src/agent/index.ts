export { Conversation } from "./conversation.ts";
export { type RunOptions, run } from "./loop.ts";
export { type ApprovalRequest, type Approve, createPolicy, type Decision, type Policy, type PolicyOptions } from "./policy.ts";
export { type AnswerPolicy, systemPrompt } from "./prompt.ts";

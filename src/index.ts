// The library. `lectern/azure`, `lectern/mcp`, `lectern/agent`, `lectern/knowledge`, `lectern/serve` and `lectern/emulator` hold the parts.
export { Conversation } from "./agent/conversation.ts";
export type { AnswerPolicy } from "./agent/prompt.ts";
export type { McpServerEntry } from "./app/given-servers.ts";
export { type AskOptions, type Chat, createLectern, type Lectern } from "./app/lectern.ts";
export { createLog, type Log, silentLog } from "./app/log.ts";
export type { Approve, LecternOptions } from "./app/options.ts";
export type { AccessToken, Credential, EntraCredential, GetToken } from "./azure/credentials.ts";
export { type AzureSummary, describeAzureConfig, validateAzureEnvironment } from "./config/azure-environment.ts";
export type { Config } from "./config/config.ts";
export { type LoadOptions, loadConfig } from "./config/load.ts";
export { type ErrorCode, isLecternError, LecternError } from "./core/errors.ts";
export type { AnswerFlag, Citation, Outcome, RunEvent, SourceSpan } from "./core/events.ts";
export type { Json, JsonObject } from "./core/json.ts";
export type { Message } from "./core/messages.ts";
export type { Model, ModelDescription, ModelEvent, ModelRequest, Usage } from "./core/model.ts";
export type { ServedApp, ServedContent, ServedResult, ServedTool } from "./core/served-tools.ts";
export type { Tool, Toolbox, ToolCall, ToolResult } from "./core/tools.ts";
export { version } from "./core/version.ts";

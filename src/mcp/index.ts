export { type CallOnceOptions, callOnce } from "./call-once.ts";
export type { QuarantinedTool } from "./definition.ts";
export type { Elicit, Elicitation, ElicitationAnswer } from "./elicitation.ts";
export type { EraStore } from "./era-store.ts";
export type { Resource, ResourceText } from "./resources.ts";
export type { AuthProvider, HttpServer, InProcessServer, ServerConfig, StdioServer } from "./servers.ts";
export { createToolbox, type McpToolbox, type ServerStatus, type ToolboxEvent, type ToolboxOptions } from "./toolbox.ts";
export { type SpawnedServer, spawnServer } from "./transport/spawn.ts";
export { planSpawn, type SpawnPlan, type SpawnPlanOptions, type SpawnRequest } from "./transport/spawn-plan.ts";

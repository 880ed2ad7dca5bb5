export type { Brain, BrainMessage, BrainRequest, BrainTool, Reply } from "./brain/brain.ts";
export type { EmulatorConfig } from "./config.ts";
export { parseEmulatorConfig } from "./config-file.ts";
export type { Deployment } from "./deployments.ts";
export { type EmulatedRequest, type Emulator, startEmulator } from "./emulator.ts";
export type { EmulatedIdentity } from "./identity/identity.ts";
export type { EmulatorOptions } from "./options.ts";
export type { ScriptFunction, ScriptRule } from "./script.ts";
export { parseScript } from "./script-file.ts";

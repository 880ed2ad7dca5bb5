export type { Brain, BrainMessage, BrainRequest, BrainTool, Reply } from "./brain/brain.ts";
export type { Deployment } from "./deployments.ts";
export { type EmulatedRequest, type Emulator, startEmulator } from "./emulator.ts";
export type { EmulatorOptions } from "./options.ts";

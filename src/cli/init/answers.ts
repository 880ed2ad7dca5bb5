import type { ImportedServer } from "../../app/import-server.ts";

/** What a setup is made of, however it was asked for. */
export interface Answers {
  /** Undefined: no Azure OpenAI yet, the emulator for now. */
  readonly azure?: {
    readonly endpoint: string;
    readonly deployment: string;
    readonly apiVersion?: string;
    readonly auth: "key" | "entra";
  };
  /** Absolute paths inside the project. */
  readonly sources: readonly { readonly name?: string; readonly path: string }[];
  /** To be written into the configuration, secrets taken out. */
  readonly servers: readonly ImportedServer[];
  /** Names of servers in files of the project that the user approved on the way. */
  readonly approved: readonly string[];
}

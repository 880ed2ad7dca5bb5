/** The stateless revision this server speaks. Source: modelcontextprotocol.io, specification 2026-07-28. */
export const modernVersion = "2026-07-28";

/** The revisions with an `initialize` handshake, newest first. */
export const legacyVersions: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"];

/** What a legacy client that says nothing is taken to speak over HTTP. Source: specification 2025-11-25, transports. */
export const assumedLegacyVersion = "2025-03-26";

/** Keys of `_meta` that the protocol reserves. */
export const metaKeys = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId",
} as const;

/** JSON-RPC 2.0 and MCP error codes. `resourceNotFound` is legacy only: 2026-07-28 answers invalid params there. */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
  /** Ours, from the range JSON-RPC leaves to servers: refused before a method was looked at (auth, session, limits). */
  refused: -32000,
} as const;

/** Severities of log messages, least first. Source: RFC 5424. */
export const logLevels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const;
export type LogLevel = (typeof logLevels)[number];

export function isLogLevel(value: unknown): value is LogLevel {
  return typeof value === "string" && (logLevels as readonly string[]).includes(value);
}

/** `modern`: 2026-07-28, every request stands alone. `legacy`: a conversation opened by `initialize`. */
export type Era = "modern" | "legacy";

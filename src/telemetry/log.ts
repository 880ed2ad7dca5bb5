import { createRedactor } from "./redact.ts";

/** Structured logging. Content (questions, documents, arguments) goes to `debug` only, and secrets nowhere. */
export interface Log {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  readonly level: string;
}

const nothing = (): void => {};

/** Drops everything: the default of the library. */
export const silentLog: Log = { error: nothing, warn: nothing, info: nothing, debug: nothing, level: "silent" };

/**
 * A log of JSON lines on stderr, through pino, loaded when first needed. Secrets are replaced by name, by look and (those given: see
 * `secretsIn`) by value before they reach it. Levels: silent, error, warn, info, debug.
 */
export async function createLog(options: {
  readonly level: string;
  readonly destination?: { write(line: string): unknown };
  /** Values that must not stand in the log in any form. */
  readonly secrets?: readonly string[];
}): Promise<Log> {
  const { level, destination = process.stderr } = options;
  if (level === "silent") return silentLog;
  const { pino } = await import("pino");
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void destination.write(line) },
  );
  const redactor = createRedactor(options.secrets);
  const at = (name: "error" | "warn" | "info" | "debug") => (fields: object, message: string) => {
    if (logger.isLevelEnabled(name)) logger[name](redactor.value(fields) as object, redactor.text(message));
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug"), level };
}

import { logLevels } from "../config/settings.ts";
import { checkArgument, checkOptions, kinds } from "../core/check-arguments.ts";
import { type Log, createLog as openLog, silentLog } from "../telemetry/log.ts";

export { type Log, silentLog };

const level = kinds.oneOf(...logLevels);
const shape = { level, destination: kinds.having("a stream with write()", "write"), secrets: kinds.texts };

/**
 * A log of JSON lines on stderr, or on `destination`. Secrets are replaced by name, by look and (those given) by value. Levels: silent,
 * error, warn, info, debug. Throws LecternError `usage` for options it cannot use.
 */
export async function createLog(options: Parameters<typeof openLog>[0]): Promise<Log> {
  checkOptions("createLog", options, shape);
  checkArgument("createLog: level", options.level, level);
  return openLog(options);
}

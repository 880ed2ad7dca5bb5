export { createLog, type Log, silentLog } from "../telemetry/log.ts";

export { secretsIn } from "../telemetry/known-secrets.ts";
export { OutputGuard } from "../telemetry/output-guard.ts";

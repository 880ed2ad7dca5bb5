export { secretsIn } from "../core/known-secrets.ts";
export { OutputGuard } from "../telemetry/output-guard.ts";

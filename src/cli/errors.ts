import type { LecternError } from "../core/errors.ts";
import { neutralise } from "../core/neutralise.ts";

/** An error for people: what happened, what to do, and the service's id of the request. */
export function errorText(error: LecternError): string {
  const lines = [`lectern: ${within(error.message)}`];
  if (error.fix) lines.push(`  fix: ${within(error.fix)}`);
  if (error.requestId) lines.push(`  request id: ${error.requestId}`);
  return `${lines.join("\n")}\n`;
}

/** Further lines are indented, so that nobody else's text passes for a line of ours. */
const within = (text: string): string => neutralise(text).trimEnd().replaceAll("\n", "\n    ");

/** An error for programs. */
export function errorJson(error: LecternError): { code: string; message: string; fix: string | null; request_id: string | null } {
  return { code: error.code, message: error.message, fix: error.fix ?? null, request_id: error.requestId ?? null };
}

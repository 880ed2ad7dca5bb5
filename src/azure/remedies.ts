import type { Remedy } from "./failure.ts";
import { serviceWords } from "./service-words.ts";

export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly param: string;
}

/** Parameters we add on our own account; any of them can be left out when a deployment does not know it. */
const optionalParameters: readonly string[] = [
  "stream_options",
  "prompt_cache_key",
  "include",
  "store",
  "strict",
  "parallel_tool_calls",
  "max_completion_tokens",
  "max_output_tokens",
  "max_tokens",
  "instructions",
  "tool_choice",
];

/** The other API, where this one does not serve the model; undefined for other complaints. */
export function switchRemedy(api: "responses" | "chat", { code, message, param }: Complaint): Remedy | undefined {
  if (api === "chat") {
    const wantsResponses =
      (code === "OperationNotSupported" && /chat.?completion/i.test(message)) ||
      (param === "reasoning_effort" && /function tools/i.test(message)) ||
      /use \/v1\/responses instead/i.test(message);
    return wantsResponses ? { kind: "switch_api", to: "responses" } : undefined;
  }
  const wantsChat =
    (code === "OperationNotSupported" && /response/i.test(message)) ||
    /responses? (api|operation)[^.]*(not (supported|enabled|available)|does not work)/i.test(message) ||
    /not supported (in|with|by) the responses api/i.test(message);
  return wantsChat ? { kind: "switch_api", to: "chat" } : undefined;
}

/** The two known 400s about replayed reasoning. */
export function replayRemedy({ code, message, param }: Complaint): Remedy | undefined {
  if (/encrypted content is not supported/i.test(message)) return { kind: "drop_parameter", name: "include" };
  if (code === "invalid_encrypted_content" || /encrypted content .*could not be (verified|decrypted|parsed)/i.test(message)) {
    return { kind: "drop_reasoning" };
  }
  return param === "include" && /unsupported|not supported|invalid/i.test(`${code} ${message}`)
    ? { kind: "drop_parameter", name: "include" }
    : undefined;
}

/** A tool whose schema (by its index in the request or its name on the wire) or description the service refuses. */
export function schemaRemedy({ code, message, param }: Complaint): Remedy | undefined {
  if (code === "string_above_max_length" && /^tools\[\d+\]\.(function\.)?description$/.test(param)) {
    return { kind: "shorten_descriptions", to: Number(/maximum length (\d+)/.exec(message)?.[1] ?? 1024) };
  }
  const named = /^Invalid schema for function '([^']+)'/.exec(message)?.[1];
  if (code !== "invalid_function_parameters" && named === undefined) return undefined;
  const index = /^tools\[(\d+)\]/.exec(param)?.[1];
  if (index === undefined && named === undefined) return undefined;
  return { kind: "quarantine_tool", index: index === undefined ? undefined : Number(index), name: named };
}

/** A parameter of ours that servers behind a gateway refuse in words of their own; everyday words count in quotation marks only. */
function refusedInOtherWords(message: string): string | undefined {
  if (!/unrecognized|unknown|unexpected|not permitted|not allowed|extra_forbidden/i.test(message)) return undefined;
  return optionalParameters.find((name) =>
    new RegExp(name.includes("_") ? `\\b${name}\\b` : `['"\`]${name}['"\`]`).test(message),
  );
}

/** A parameter of ours that this deployment does not take. */
export function parameterRemedy({ code, message, param }: Complaint): Remedy | undefined {
  const named = /(?:unrecognized request argument|unknown parameter|unsupported parameter)[^:]*: ['"`]?([a-z_.]+)/i.exec(
    message,
  )?.[1];
  const unknown = named ?? (param === "" ? refusedInOtherWords(message) : undefined);
  const isComplaint =
    unknown !== undefined || /^(unsupported_parameter|unknown_parameter|unsupported_value|invalid_value)$/.test(code);
  if (!isComplaint) return undefined;
  const name = (unknown ?? param).split(".")[0] ?? "";
  const successor = /use '([a-z_]+)' instead/i.exec(message)?.[1];
  if (/^max_(completion_|output_)?tokens$/.test(name)) {
    return { kind: "rename_parameter", name, to: successor ?? (name === "max_tokens" ? "max_completion_tokens" : "max_tokens") };
  }
  return optionalParameters.includes(name) ? { kind: "drop_parameter", name } : undefined;
}

/** What the reader can do about a request that was rejected, where nothing is left that we could change. */
export function rejectionFix(rejected: {
  readonly remedy: Remedy | undefined;
  readonly param: string;
  readonly apiVersion: string | undefined;
}): string {
  const { remedy, param, apiVersion } = rejected;
  if (remedy?.kind === "switch_api") {
    // Dated versions may lack the API that the model wants; then no choice of ours helps.
    const version = apiVersion === undefined ? "" : `Leave the api-version ${apiVersion} out: the v1 API has both APIs. Or `;
    const use = `use --api ${remedy.to}, or --api auto, which finds out by itself.`;
    return version === "" ? `U${use.slice(1)}` : `${version}${use}`;
  }
  if (param !== "") return `The service points at "${serviceWords(param)}".`;
  return "Read the service's reason above; run with --log-level debug to see what was sent.";
}

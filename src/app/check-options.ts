import { checkArgument, checkOptions, type Kind, kinds } from "../core/check-arguments.ts";
import { LecternError } from "../core/errors.ts";
import type { AskOptions } from "./lectern.ts";
import type { LecternOptions } from "./options.ts";

const { text, flag, call, object, texts, signal, oneOf, listOf, having, satisfying } = kinds;

const isSource = (value: unknown): boolean =>
  text.is(value) || satisfying("a source", ({ path }) => typeof path === "string" && path !== "").is(value);

const isTool = satisfying("a tool", ({ name, description, inputSchema, call: run }) => {
  return text.is(name) && text.is(description) && object.is(inputSchema) && call.is(run);
}).is;

const config = satisfying(
  "a configuration made by loadConfig (for a file's path there is configFile)",
  ({ azure, origins }) => object.is(azure) && origins instanceof Map,
);

const credential = satisfying(
  '{ type: "api_key", key }, { type: "entra" } or { type: "token", getToken }, with a key that is not empty',
  ({ type, key, getToken }) => {
    if (type === "api_key") return typeof key === "string" && key.trim() !== "";
    return type === "token" ? call.is(getToken) : type === "entra";
  },
);

const lecternOptions: Readonly<Record<keyof LecternOptions, Kind>> = {
  sources: listOf("paths, or objects { name, path }", isSource),
  emulator: flag,
  endpoint: text,
  deployment: text,
  api: oneOf("auto", "responses", "chat"),
  credential,
  model: having("a model (see createAzureModel)", "stream", "describe"),
  config,
  configFile: text,
  env: object,
  cwd: text,
  transport: oneOf("stdio", "in_process"),
  mcpServers: object,
  tools: listOf("tools { name, description, inputSchema, call }", isTool),
  allow: texts,
  deny: texts,
  approve: call,
  approveAll: flag,
  elicit: call,
  instructions: text,
  answerPolicy: oneOf("sources_only", "open"),
  groups: texts,
  noTools: flag,
  log: having("a log (see createLog)", "error", "warn", "info", "debug"),
  onModelRequest: call,
  onEvent: call,
  adopt: object,
  signal,
};

/** Checks the options of `createLectern` for programs without types. Throws `usage`. */
export const checkLecternOptions = (options: LecternOptions): void => checkOptions("createLectern", options, lecternOptions);

const isAttachment = satisfying("an attachment", ({ name, text: content }) => text.is(name) && text.is(content)).is;

const askOptions: Readonly<Record<keyof AskOptions, Kind>> = {
  signal,
  conversation: having("a Conversation", "beginTurn", "commit"),
  attachments: listOf("texts { name, text }", isAttachment),
};

/** Characters of a question that are accepted; more is material, and belongs into a source or an attachment. */
const maxQuestion = 100_000;

/** Checks what `ask` is given. Throws `usage`. */
export function checkAsked(question: string, options: AskOptions): void {
  checkArgument("ask: question", question, text);
  checkOptions("ask", options, askOptions);
  if (question.trim() === "")
    throw new LecternError("usage", "The question is empty.", {
      fix: "Ask in words: What is our vacation policy?",
    });
  if (question.length > maxQuestion) {
    throw new LecternError("usage", `The question has ${question.length} characters; ${maxQuestion} are accepted.`, {
      fix: "Ask in a sentence, and hand the material in as a source, an attachment or on standard input.",
    });
  }
  if (/[\0\uFFFE\uFFFF]/.test(question) || (question.match(/[\x01-\x08\x0e-\x1f\uFFFD]/g)?.length ?? 0) > question.length / 10) {
    throw new LecternError("usage", "The question is binary data, not text.", { fix: "Send text in UTF-8." });
  }
}

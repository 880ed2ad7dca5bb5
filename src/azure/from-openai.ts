import { isLecternError, LecternError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Model, ModelEvent, ModelOptions, ModelRequest } from "../core/model.ts";
import { ChatReader } from "./chat/from-azure.ts";
import type { ErrorContext } from "./error-reply.ts";
import { classifyHttpError } from "./errors.ts";
import { FailedAttempt } from "./failure.ts";
import { nothingLearned } from "./learned.ts";
import { maxTools, PreparedTools, type Surface } from "./prepare-tools.ts";
import { partLost, type ReplyOrigin } from "./reply.ts";
import { RequestBodies } from "./request-body.ts";
import { ResponsesReader } from "./responses/from-azure.ts";
import { maskSecrets } from "./service-words.ts";
import { maxToolNameLength } from "./tools/names.ts";

type Create = (body: never, options?: { readonly signal?: AbortSignal }) => PromiseLike<unknown>;

/** What is used of a client of the `openai` package: `OpenAI` and `AzureOpenAI` both fit. */
export interface OpenAIClient {
  readonly baseURL: string;
  /** Only to keep it out of errors. Null before the first request where it comes from a function, as tokens of Entra do. */
  readonly apiKey?: string | null;
  readonly responses: { readonly create: Create };
  readonly chat: { readonly completions: { readonly create: Create } };
}

/**
 * A `Model` over a client of the `openai` package, for those who must use it. Retries, timeouts and sign-in are then that
 * client's, throttles inside a stream are errors, and lessons are not learnt: `createAzureModel` does all of that better.
 */
export function fromOpenAI(client: OpenAIClient, options: { readonly deployment: string; readonly api?: Surface }): Model {
  const { deployment, api = "responses" } = options;
  const bodies = new RequestBodies();
  const host = URL.canParse(client.baseURL) ? new URL(client.baseURL).host : "the service";
  const context: ErrorContext = { api, host, deployment, auth: client.apiKey ? "api_key" : "token" };
  const backend = `openai ${host} ${deployment}`;
  let served: string | null = null;
  let requests = 0;

  async function* stream(request: ModelRequest, { signal }: ModelOptions = {}): AsyncGenerator<ModelEvent> {
    signal?.throwIfAborted();
    const tools = new PreparedTools(request.tools).choose(request);
    for (const notice of tools.takeNotices()) yield { type: "notice", ...notice };
    const toolsJson = tools.json(api);
    const learned = nothingLearned;
    const json = bodies.build(request.messages, request, {
      surface: api,
      deployment,
      names: tools.names,
      toolsJson,
      learned,
      replayBackend: backend,
    });
    const events: ModelEvent[] = [];
    const listener = {
      text: (delta: string) => events.push({ type: "text", delta }),
      replace: (whole: string) => events.push(partLost, { type: "text", delta: whole }),
      reasoning: (delta: string) => events.push({ type: "reasoning", delta }),
    };
    const origin: ReplyOrigin = {
      context,
      headers: {},
      get secrets() {
        return client.apiKey ? [client.apiKey] : [];
      },
    };
    const reader = api === "chat" ? new ChatReader(listener, origin) : new ResponsesReader(listener, origin);
    try {
      requests++;
      const create = api === "chat" ? client.chat.completions : client.responses;
      const reply = await create.create(JSON.parse(json) as never, signal === undefined ? {} : { signal });
      for await (const event of reply as AsyncIterable<Json>) {
        const bytes = Buffer.from(JSON.stringify(event));
        reader.event(bytes, 0, bytes.length, false);
        reader.flush();
        yield* events.splice(0);
      }
      signal?.throwIfAborted();
      const { finish, calls, usage, replay, notices, served: model = null } = reader.finish();
      served = model;
      yield* events.splice(0);
      for (const call of calls) yield { type: "tool_call", ...call, name: tools.names.original(call.name) };
      for (const notice of notices) yield { type: "notice", ...notice };
      if (usage !== undefined) yield { type: "usage", ...usage };
      yield { type: "finish", reason: finish, ...(replay.length === 0 ? {} : { replay: { backend, items: replay } }) };
    } catch (thrown) {
      signal?.throwIfAborted();
      throw explain(thrown, origin);
    }
  }

  return {
    limits: { maxTools, maxToolNameLength, images: true },
    stream,
    describe: () => ({ deployment, api, served, region: null, emulated: false, requests }),
  };
}

/** The package's errors as ours: those with a status are classified like an answer of the service. */
function explain(thrown: unknown, { context, secrets }: ReplyOrigin): unknown {
  if (thrown instanceof FailedAttempt) return thrown.failure.error;
  if (isLecternError(thrown) || !(thrown instanceof Error)) return thrown;
  const { status, headers, error } = thrown as { status?: unknown; headers?: unknown; error?: unknown };
  if (typeof status === "number") {
    const known = headers instanceof Headers ? Object.fromEntries(headers) : {};
    const body = maskSecrets(JSON.stringify({ error: error ?? { message: thrown.message } }), secrets);
    return classifyHttpError({ status, headers: known, body }, context).error;
  }
  return new LecternError("network", `The openai client failed: ${maskSecrets(thrown.message, secrets)}`, {
    fix: "Check the client's base URL and the network.",
    cause: thrown,
  });
}

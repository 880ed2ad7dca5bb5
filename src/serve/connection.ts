import type { Json } from "../core/json.ts";
import { anonymous, type Caller } from "../core/served-tools.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { type Conversation, type Exchange, newConversation } from "./exchange.ts";
import { legacyNotices } from "./listen.ts";
import { rpcCodes } from "./protocol.ts";
import { createQuestions } from "./questions.ts";
import { failure, notificationText, type Outcome, type RpcId, type RpcRequest, readMessage, responseText } from "./rpc.ts";

/** One client at the other end of an ordered stream of messages (stdio, or a linked pair). */
export interface Connection {
  readonly conversation: Conversation;
  /** Takes one message; undefined stands for text that was no JSON. */
  receive(value: Json | undefined): void;
  /** Resolves when nothing is being served any more; open subscriptions do not count. */
  idle(): Promise<void>;
  /** Cancels what is being served; nothing is sent afterwards. */
  close(): void;
}

export interface ConnectionOptions {
  readonly send: (text: string) => void;
  /** Default: anonymous. */
  readonly caller?: Caller;
  /** True where the caller's scopes come from a verified token. Default false. */
  readonly checksScopes?: boolean;
}

/** Requests of one client that may be in work at the same time. */
const maxInFlight = 1024;

export function openConnection(dispatcher: Dispatcher, options: ConnectionOptions): Connection {
  const { send, caller = anonymous, checksScopes = false } = options;
  const conversation = newConversation("");
  const inFlight = new Map<RpcId, { readonly abort: AbortController; readonly isStream: boolean }>();
  const questions = createQuestions();
  let idlers: (() => void)[] = [];
  let closed = false;
  const say = (text: string): void => {
    if (!closed) send(text);
  };
  const unsubscribe = dispatcher.offer.onChanged?.((change) => {
    // Before the handshake nobody wants to hear, and modern clients listen by request.
    if (conversation.version === "") return;
    for (const { method, params } of legacyNotices(change, { conversation, caller })) say(notificationText(method, params));
  });
  const busy = (): boolean => [...inFlight.values()].some(({ isStream }) => !isStream);
  const settle = (id: RpcId): void => {
    inFlight.delete(id);
    if (busy()) return;
    for (const idler of idlers) idler();
    idlers = [];
  };
  /** The answer, where there is one at once; a later one is sent when it comes. */
  const serve = (request: RpcRequest): string | undefined => {
    const { id, method } = request;
    if (inFlight.size >= maxInFlight) return responseText(id, failure(rpcCodes.refused, "Too many requests at once."));
    const abort = new AbortController();
    const exchange: Exchange = {
      caller,
      checksScopes,
      signal: abort.signal,
      conversation,
      notify: (name, params) => {
        if (!abort.signal.aborted) say(notificationText(name, params));
      },
      ask: (name, params) => questions.ask(name, params, { send: say, signal: abort.signal }),
    };
    const outcome = dispatcher.answer(request, exchange);
    if (!(outcome instanceof Promise)) return responseText(id, outcome);
    inFlight.set(id, { abort, isStream: method === "subscriptions/listen" });
    void outcome.then((settled: Outcome) => {
      // A cancelled request is not answered. Source: specification, cancellation.
      if (!abort.signal.aborted) say(responseText(id, settled));
      settle(id);
    });
    return undefined;
  };
  const take = (value: Json | undefined): string | undefined => {
    if (value === undefined) return responseText(null, failure(rpcCodes.parse, "Parse error: not valid JSON."));
    const message = readMessage(value);
    switch (message.kind) {
      case "request":
        return serve(message.request);
      case "notification": {
        const { method, params } = message.notification;
        if (method === "notifications/cancelled") inFlight.get(params.requestId as RpcId)?.abort.abort();
        return undefined;
      }
      case "response":
        questions.answered(message.id, message.outcome);
        return undefined;
      case "invalid":
        return responseText(message.id, { error: message.error });
    }
  };
  return {
    conversation,
    receive: (value) => {
      const answer = take(value);
      if (answer !== undefined) say(answer);
    },
    idle: () => (busy() ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
    close: () => {
      closed = true;
      unsubscribe?.();
      questions.close();
      for (const { abort } of inFlight.values()) abort.abort();
    },
  };
}

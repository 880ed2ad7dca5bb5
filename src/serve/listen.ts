import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Caller } from "../core/served-tools.ts";
import type { Conversation, Exchange } from "./exchange.ts";
import type { Offer, OfferChange } from "./offer.ts";
import { metaKeys, rpcCodes } from "./protocol.ts";
import { RpcFault, type RpcId } from "./rpc.ts";

/** One change as the notification it becomes. */
export interface ChangeNotice {
  readonly method: string;
  readonly params: JsonObject;
}

type Filter = {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
};

/** The open `subscriptions/listen` streams of a server. */
export interface Listeners {
  /** Resolves when the server closes (with the result that says so), rejects never; also ends when the exchange is aborted. */
  listen(id: RpcId, params: JsonObject, exchange: Exchange): Promise<object>;
  /** Ends all streams with their result. */
  close(): void;
}

const maxStreams = 1024;
const maxUris = 1024;

export function createListeners(offer: Offer, info: JsonObject): Listeners {
  const open = new Set<() => void>();
  return {
    listen: (id, params, exchange) => {
      const asked = readFilter(params);
      if (open.size >= maxStreams) throw new RpcFault(rpcCodes.refused, "Too many open subscriptions.");
      const filter = offer.onChanged === undefined ? {} : asked;
      const stamp = { [metaKeys.subscriptionId]: id };
      exchange.notify("notifications/subscriptions/acknowledged", { notifications: filter, _meta: stamp });
      const ended = { resultType: "complete", _meta: { ...stamp, [metaKeys.serverInfo]: info } };
      if (Object.keys(filter).length === 0) return Promise.resolve(ended);
      return new Promise((resolve) => {
        const unsubscribe = offer.onChanged?.((change) => {
          for (const notice of noticesFor(change, wants(filter), exchange.caller)) {
            exchange.notify(notice.method, { ...notice.params, _meta: stamp });
          }
        });
        const end = (): void => {
          if (!open.delete(end)) return;
          unsubscribe?.();
          exchange.signal.removeEventListener("abort", end);
          resolve(ended);
        };
        open.add(end);
        exchange.signal.addEventListener("abort", end);
        if (exchange.signal.aborted) end();
      });
    },
    close: () => {
      for (const end of [...open]) end();
    },
  };
}

function readFilter(params: JsonObject): Filter {
  const { notifications } = params;
  if (!isJsonObject(notifications)) throw invalid('"params.notifications" must say what to listen for.');
  const filter: { -readonly [K in keyof Filter]: Filter[K] } = {};
  for (const key of ["toolsListChanged", "promptsListChanged", "resourcesListChanged"] as const) {
    const wanted = notifications[key];
    if (wanted !== undefined && typeof wanted !== "boolean") throw invalid(`"${key}" must be true or false.`);
    if (wanted === true) filter[key] = true;
  }
  const uris = notifications.resourceSubscriptions;
  if (uris !== undefined) {
    if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === "string")) {
      throw invalid('"resourceSubscriptions" must be a list of uris.');
    }
    if (uris.length > maxUris) throw invalid(`At most ${maxUris} resources can be listened to at once.`);
    if (uris.length > 0) filter.resourceSubscriptions = uris;
  }
  return filter;
}

function invalid(message: string): RpcFault {
  return new RpcFault(rpcCodes.invalidParams, message);
}

interface Wanted {
  readonly kinds: ReadonlySet<"tools" | "prompts" | "resources">;
  readonly uris: ReadonlySet<string>;
}

function wants(filter: Filter): Wanted {
  const kinds = new Set<"tools" | "prompts" | "resources">();
  if (filter.toolsListChanged) kinds.add("tools");
  if (filter.promptsListChanged) kinds.add("prompts");
  if (filter.resourcesListChanged) kinds.add("resources");
  return { kinds, uris: new Set(filter.resourceSubscriptions) };
}

/** What a legacy conversation is told of a change: all lists, and the resources it subscribed to. */
export function legacyNotices(
  change: OfferChange | undefined,
  { conversation, caller }: { readonly conversation: Conversation; readonly caller: Caller },
): readonly ChangeNotice[] {
  return noticesFor(change, { kinds: new Set(["tools", "prompts", "resources"]), uris: conversation.subscribed }, caller);
}

/** A change that names no resource may have touched any of them, so every watched one is named; whom it does not concern hears nothing. */
function noticesFor(change: OfferChange | undefined, wanted: Wanted, caller: Caller): readonly ChangeNotice[] {
  if (change?.kind === "documents" && !change.concerns(caller)) return [];
  const updated = (uri: string): ChangeNotice => ({ method: "notifications/resources/updated", params: { uri } });
  if (change?.kind === "resource") return wanted.uris.has(change.uri) ? [updated(change.uri)] : [];
  const anyResource = change === undefined || change.kind === "documents";
  const kind = anyResource ? "resources" : change.kind;
  const list = wanted.kinds.has(kind) ? [{ method: `notifications/${kind}/list_changed`, params: {} }] : [];
  return anyResource ? [...list, ...[...wanted.uris].map(updated)] : list;
}

import { randomUUID } from "node:crypto";
import type { Caller } from "../../core/served-tools.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { type Conversation, newConversation } from "../exchange.ts";
import { legacyNotices } from "../listen.ts";
import { createQuestions, type Questions } from "../questions.ts";
import { notificationText, type RpcId } from "../rpc.ts";
import { ResumableStream } from "./event-stream.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** One legacy conversation over HTTP, between `initialize` and DELETE. */
export interface Session {
  readonly id: string;
  /** Who opened it; nobody else may use it, however they came by the id. */
  readonly subject: string | null;
  /** Who used it last, with the groups of that token. */
  caller: Caller;
  readonly conversation: Conversation;
  readonly questions: Questions;
  readonly inFlight: Map<RpcId, HttpExchange>;
  /** What belongs to no request: changes of lists and resources. */
  readonly standalone: ResumableStream;
  /** A stream that carries one request's events, kept a while for clients that come back. */
  newStream(): ResumableStream;
  findStream(id: string): ResumableStream | undefined;
  /** Drops the streams of finished requests that nobody came back for. */
  forgetEnded(): void;
}

export interface SessionLimits {
  /** Sessions kept at the same time. Default 1,000. Those never used beyond their handshake make room first (but for a few young ones), then those used longest ago. */
  readonly max?: number;
  /** A session unused for so long is forgotten, in milliseconds. Default 1,800,000 (half an hour). */
  readonly idleMs?: number;
}

export interface Sessions {
  /** Undefined where all sessions there may be are busy. */
  open(caller: Caller): Session | undefined;
  /** Undefined for unknown, expired and other people's sessions alike. Finding a session counts as using it. */
  find(id: string, caller: Caller): Session | undefined;
  end(session: Session): void;
  readonly size: number;
  /** Ends the streams on which nothing is awaited; requests in work go on. */
  drain(): void;
  close(): void;
}

/** How long streams of finished requests are kept for clients that come back, in milliseconds, and how many bytes of them a session may hold. */
const keepEndedMs = 60_000;
const maxEndedBytes = 1024 * 1024;

export function createSessions(dispatcher: Dispatcher, { max = 1_000, idleMs = 1_800_000 }: SessionLimits = {}): Sessions {
  // A Map remembers the order of insertion, and use re-inserts: the first entry is always the one used longest ago.
  const byId = new Map<string, Entry>();
  const end = (session: Session): void => {
    byId.delete(session.id);
    session.questions.close();
    session.standalone.end();
    for (const exchange of session.inFlight.values()) exchange.cancel();
  };
  const sweep = setInterval(
    () => {
      const oldest = Date.now() - idleMs;
      for (const { session, usedAt } of byId.values()) {
        session.forgetEnded();
        if (usedAt <= oldest && session.inFlight.size === 0 && !session.standalone.attached) end(session);
      }
    },
    Math.min(idleMs, 60_000),
  ).unref();
  const unsubscribe = dispatcher.offer.onChanged?.((change) => {
    for (const { session } of byId.values()) {
      if (!session.standalone.attached) continue;
      for (const { method, params } of legacyNotices(change, session)) {
        session.standalone.send(notificationText(method, params));
      }
    }
  });
  return {
    open: (caller) => {
      if (byId.size >= max) {
        const gone = mostDispensable(byId.values(), max);
        if (gone === undefined) return undefined;
        end(gone);
      }
      const session = newSession(caller);
      byId.set(session.id, { session, usedAt: Date.now(), uses: 0 });
      return session;
    },
    find: (id, caller) => {
      const entry = byId.get(id);
      if (entry === undefined || entry.session.subject !== caller.subject) return undefined;
      entry.usedAt = Date.now();
      // Groups come and go: the last token counts.
      entry.session.caller = caller;
      entry.uses++;
      byId.delete(id);
      byId.set(id, entry);
      return entry.session;
    },
    end,
    get size() {
      return byId.size;
    },
    drain: () => {
      for (const { session } of byId.values()) session.standalone.release();
    },
    close: () => {
      clearInterval(sweep);
      unsubscribe?.();
      for (const { session } of [...byId.values()]) end(session);
    },
  };
}

interface Entry {
  readonly session: Session;
  usedAt: number;
  uses: number;
}

/** `notifications/initialized` belongs to the handshake. */
const handshakeUses = 1;

/** A session that young may still be in its handshake, in milliseconds. */
const handshakeMs = 10_000;
/** More sessions than this share of all, unused and young, are no handshakes. */
const handshakeShare = 0.1;

/**
 * Whoever opens sessions by the thousand pushes out their own unused ones, not those that others work in; a few that are in their
 * handshake are left alone, or nobody could come in once all places are taken.
 */
function mostDispensable(oldestFirst: Iterable<Entry>, max: number): Session | undefined {
  const entries = [...oldestFirst].filter(({ session }) => session.inFlight.size === 0 && !session.standalone.attached);
  const unused = entries.filter(({ uses }) => uses <= handshakeUses);
  const isFlood = unused.length > max * handshakeShare;
  const [oldest] = unused;
  const given = oldest !== undefined && (isFlood || oldest.usedAt <= Date.now() - handshakeMs) ? oldest : entries[0];
  return given?.session;
}

function newSession(caller: Caller): Session {
  const streams = new Map<string, ResumableStream>();
  const standalone = new ResumableStream("0");
  let opened = 0;
  const forgetEnded = (): void => {
    const oldest = Date.now() - keepEndedMs;
    let bytes = 0;
    // The newest first: they are the ones a client may still come back for.
    for (const stream of [...streams.values()].reverse()) {
      if (stream.endedAt === undefined) continue;
      bytes += stream.keptBytes;
      if (stream.endedAt < oldest || bytes > maxEndedBytes) streams.delete(stream.id);
    }
  };
  return {
    id: randomUUID(),
    subject: caller.subject,
    caller,
    conversation: newConversation(""),
    questions: createQuestions(),
    inFlight: new Map(),
    standalone,
    newStream: () => {
      const stream = new ResumableStream(String(++opened));
      forgetEnded();
      streams.set(stream.id, stream);
      return stream;
    },
    forgetEnded,
    findStream: (id) => (id === standalone.id ? standalone : streams.get(id)),
  };
}

/** True for responses over which a client can come back with an event id. Older clients do not expect the empty first event. */
export function primesStreams({ version }: Conversation): boolean {
  return version >= "2025-11-25";
}

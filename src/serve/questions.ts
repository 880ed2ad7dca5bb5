import { LecternError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Outcome, RpcId } from "./rpc.ts";

/** Requests the server has sent to a legacy client and not got an answer to yet. */
export interface Questions {
  /** Rejects when the client answers with an error, when the signal aborts, and on close. */
  ask(method: string, params: JsonObject, way: QuestionWay): Promise<JsonObject>;
  answered(id: RpcId, outcome: Outcome): void;
  close(): void;
}

interface QuestionWay {
  /** Carries the request to the client. */
  readonly send: (text: string) => void;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly resolve: (result: JsonObject) => void;
  readonly reject: (reason: Error) => void;
}

export function createQuestions(): Questions {
  const waiting = new Map<RpcId, Waiting>();
  let asked = 0;
  const gone = (): LecternError => new LecternError("network", "The client left before it answered.");
  return {
    ask: (method, params, { send, signal }) => {
      const id = `lectern-${++asked}`;
      return new Promise<JsonObject>((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(id);
          reject(gone());
        };
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave, { once: true });
        const done = (): void => {
          waiting.delete(id);
          signal.removeEventListener("abort", leave);
        };
        waiting.set(id, {
          resolve: (result) => {
            done();
            resolve(result);
          },
          reject: (reason) => {
            done();
            reject(reason);
          },
        });
        send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      });
    },
    answered: (id, outcome) => {
      const entry = waiting.get(id);
      if (entry === undefined) return;
      if (outcome.error === undefined) entry.resolve(outcome.result as JsonObject);
      else entry.reject(new LecternError("service", `The client refused the request: ${outcome.error.message.slice(0, 500)}`));
    },
    close: () => {
      for (const entry of [...waiting.values()]) entry.reject(gone());
    },
  };
}

import type { Caller } from "../core/served-tools.ts";
import { type Connection, openConnection } from "./connection.ts";
import { createDispatcher, type DispatcherOptions } from "./dispatcher.ts";
import type { Offer } from "./offer.ts";
import { parseMessage } from "./rpc.ts";

export interface InProcessOptions extends DispatcherOptions {
  /** On whose behalf calls come. Default: anonymous. */
  readonly caller?: Caller;
}

/**
 * The client's end of a pair linked in memory. Has the shape of the official client's `Transport`.
 * Messages travel as JSON text, so that nothing crosses that could not cross a wire, and neither side sees the other's objects.
 */
export interface InProcessTransport {
  onmessage?: ((message: object) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  start(): Promise<void>;
  send(message: object): Promise<void>;
  close(): Promise<void>;
}

/** Serves an app to one client in the same process. Closing the transport ends the serving and cancels what is in work. */
export function createInProcessTransport(app: Offer, options: InProcessOptions = {}): InProcessTransport {
  const dispatcher = createDispatcher(app, options);
  let connection: Connection | undefined;
  let closed = false;
  const deliver = (text: string): void => {
    // In a turn of its own, as from a wire: the client may not be ready for an answer while it still sends.
    queueMicrotask(() => {
      if (!closed) transport.onmessage?.(JSON.parse(text) as object);
    });
  };
  const transport: InProcessTransport = {
    start: async () => {
      connection ??= openConnection(dispatcher, { send: deliver, ...(options.caller && { caller: options.caller }) });
    },
    send: async (message) => {
      if (closed || connection === undefined) throw new Error("The in-process connection is not open.");
      connection.receive(parseMessage(JSON.stringify(message)));
    },
    close: async () => {
      if (closed) return;
      closed = true;
      dispatcher.close();
      connection?.close();
      transport.onclose?.();
    },
  };
  return transport;
}

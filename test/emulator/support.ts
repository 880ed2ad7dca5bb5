import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** The key header is left out. */
  readonly anonymous?: boolean;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Sends a JSON body (or a text as it is) with the emulator's key. */
export async function sendTo(emulator: Emulator, path: string, body: unknown, options: SendOptions = {}): Promise<Sent> {
  const { method = "POST", headers = {}, anonymous = false } = options;
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(anonymous ? {} : { "api-key": emulator.key }), ...headers },
    ...(method === "GET" || method === "DELETE" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Starts an emulator, does something with it, closes it. */
export async function withEmulator<Result>(
  options: EmulatorOptions,
  use: (emulator: Emulator) => Promise<Result>,
): Promise<Result> {
  await using emulator = await startEmulator(options);
  return await use(emulator);
}

export const responsesPath = "/openai/v1/responses";
export const chatPath = "/openai/v1/chat/completions";

export const errorOf = (sent: Sent): Record<string, unknown> => sent.body.error as Record<string, unknown>;

/** The data of server-sent events, parsed. */
export function eventsOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n\n")
    .map((event) => /^data: (.*)$/m.exec(event)?.[1])
    .filter((data) => data !== undefined && data !== "[DONE]")
    .map((data) => JSON.parse(data!) as Record<string, unknown>);
}

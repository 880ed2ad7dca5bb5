import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Json } from "../../core/json.ts";
import { rpcCodes } from "../protocol.ts";
import { parseMessage } from "../rpc.ts";
import type { HeaderMap } from "./headers.ts";
import { isJsonType } from "./headers.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** Reads a JSON body within `maxBytes`, then calls back exactly once: with the value, or with why it is refused. Never for a client that left. */
export function readJsonBody(
  request: IncomingMessage,
  { headers, maxBytes, done }: { headers: HeaderMap; maxBytes: number; done: (body: { value: Json } | Refusal) => void },
): void {
  const refusal = refuseByHeaders(headers, maxBytes);
  if (refusal !== undefined) {
    done(refusal);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  let over = false;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else if (!over) {
      over = true;
      chunks.length = 0;
      done(tooLarge(maxBytes));
    }
  });
  request.on("end", () => {
    if (!over) done(parseBody(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  });
}

function refuseByHeaders(headers: HeaderMap, maxBytes: number): Refusal | undefined {
  if (!isJsonType(headers.get("content-type"))) return refuse(415, "The Content-Type must be application/json.");
  const encoding = headers.get("content-encoding");
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") return refuse(415, "Compressed bodies are not accepted.");
  if (Number(headers.get("content-length") ?? 0) > maxBytes) return tooLarge(maxBytes);
  return undefined;
}

function tooLarge(maxBytes: number): Refusal {
  return refuse(413, `The body is too large: at most ${maxBytes} bytes.`);
}

function parseBody(bytes: Buffer): { value: Json } | Refusal {
  const value = isUtf8(bytes) ? parseMessage(bytes.toString("utf8")) : undefined;
  if (value === undefined) return refuse(400, "Parse error: the body is not valid JSON.", { code: rpcCodes.parse });
  return { value };
}

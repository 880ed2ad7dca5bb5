import { createHmac, timingSafeEqual } from "node:crypto";
import { digest } from "./seeded.ts";

const prefix = "gAAAAABp";
const payloadBytes = 420;
const sealBytes = 32;

const sealOf = (resource: string, payload: Buffer): Buffer =>
  createHmac("sha256", digest("seal", resource)).update(payload).digest();

/** Encrypted reasoning: looks like Azure's, and ends with a seal that only the resource of this name can make and check. */
export function encryptFor(resource: string, text: string): string {
  let filling = "";
  while (filling.length < payloadBytes) filling += digest("reasoning", resource, text, filling);
  const payload = Buffer.from(filling.slice(0, payloadBytes));
  return prefix + Buffer.concat([payload, sealOf(resource, payload)]).toString("base64url");
}

/** Whether the resource of this name made the content. */
export function decryptsFor(resource: string, content: string): boolean {
  if (!content.startsWith(prefix)) return false;
  const bytes = Buffer.from(content.slice(prefix.length), "base64url");
  if (bytes.length !== payloadBytes + sealBytes) return false;
  return timingSafeEqual(sealOf(resource, bytes.subarray(0, payloadBytes)), bytes.subarray(payloadBytes));
}

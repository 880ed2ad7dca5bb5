import { inflateRawSync } from "node:zlib";
import { LecternError } from "../../../core/errors.ts";

/** A part of a document that unpacks to more than this is no document, in bytes. */
const maxPartBytes = 64 * 1024 * 1024;
const maxEntries = 10_000;

const broken = (cause?: unknown): LecternError =>
  new LecternError("config", "is no document that can be read", { cause, fix: "Save the file anew, or leave it out." });

/**
 * Reads named parts of a ZIP container (PKWARE APPNOTE 6.3.10) without unpacking the others. What would unpack to too much is refused
 * while it is unpacked, whatever its header says. Throws `config` for a container that is damaged.
 */
export function openZip(bytes: Uint8Array): { part(name: string): string | undefined } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(buffer);
  return {
    part(name) {
      const entry = entries.get(name);
      return entry === undefined ? undefined : unpack(buffer, entry);
    },
  };
}

interface Entry {
  readonly method: number;
  readonly packedBytes: number;
  readonly header: number;
}

function readDirectory(buffer: Buffer): Map<string, Entry> {
  // The end record stands last, before a comment of at most 64 KiB.
  const end = buffer.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0 || end + 22 > buffer.length) throw broken();
  const count = Math.min(buffer.readUInt16LE(end + 10), maxEntries);
  const entries = new Map<string, Entry>();
  let at = buffer.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== 0x02014b50) throw broken();
    const nameBytes = buffer.readUInt16LE(at + 28);
    entries.set(buffer.toString("utf8", at + 46, at + 46 + nameBytes), {
      method: buffer.readUInt16LE(at + 10),
      packedBytes: buffer.readUInt32LE(at + 20),
      header: buffer.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  return entries;
}

function unpack(buffer: Buffer, { method, packedBytes, header }: Entry): string {
  if (header + 30 > buffer.length || buffer.readUInt32LE(header) !== 0x04034b50) throw broken();
  const start = header + 30 + buffer.readUInt16LE(header + 26) + buffer.readUInt16LE(header + 28);
  const packed = buffer.subarray(start, start + packedBytes);
  if (method === 0) return packed.toString("utf8");
  try {
    return inflateRawSync(packed, { maxOutputLength: maxPartBytes }).toString("utf8");
  } catch (cause) {
    throw broken(cause);
  }
}

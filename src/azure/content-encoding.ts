import { maxEventBytes } from "./sse.ts";

/**
 * Unpacks a body that a gateway compressed although nobody asked for it; undefined for an encoding we do not know.
 * Throws where the body is not what its header says, or unpacks to more than `maxEventBytes`.
 */
export function unpack(body: Buffer, encoding: string): Buffer | undefined {
  const zlib = process.getBuiltinModule("node:zlib");
  const limit = { maxOutputLength: maxEventBytes };
  switch (encoding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return zlib.gunzipSync(body, limit);
    case "deflate":
      return zlib.inflateSync(body, limit);
    case "br":
      return zlib.brotliDecompressSync(body, limit);
    case "zstd":
      return zlib.zstdDecompressSync(body, limit);
    default:
      return undefined;
  }
}

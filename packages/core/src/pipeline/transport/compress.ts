import { builtin } from "../../model/builtin.ts";

/** Gzips parts into one, off the main thread. */
export function compress(parts: readonly Uint8Array[], level: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    builtin("node:zlib").gzip(Buffer.concat(parts), { level }, (error, compressed) => {
      if (error === null) resolve(compressed);
      else reject(error);
    });
  });
}

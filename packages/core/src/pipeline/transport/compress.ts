import type { Gzip, ZlibReset } from "node:zlib";
import { builtin } from "../../model/builtin.ts";

/** Most exports are one piece of it. */
const pieceBytes = 32 * 1024;

const compressors = new Map<number, Compressor>();

/**
 * Gzips parts into one, off the main thread.
 *
 * Each level has one compressor for good: it holds a quarter of a megabyte that V8 counts as its own, so that a new one for each export would have V8
 * collect the whole heap of the service about every hundred exports.
 */
export function compress(parts: readonly Uint8Array[], level: number): Promise<Uint8Array> {
  let compressor = compressors.get(level);
  if (compressor === undefined) {
    compressor = new Compressor(level, () => compressors.delete(level));
    compressors.set(level, compressor);
  }
  return compressor.compress(Buffer.concat(parts));
}

/** A gzip stream that ends with each write, and begins anew. One at a time. */
class Compressor {
  readonly #stream: Gzip & ZlibReset;
  #pieces: Buffer[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** @param failed called when it is of no more use */
  constructor(level: number, failed: () => void) {
    const { constants, createGzip } = builtin("node:zlib");
    // Of zlib's compressors all can be reset, which the types say of some.
    this.#stream = createGzip({ level, flush: constants.Z_FINISH, chunkSize: pieceBytes }) as Gzip & ZlibReset;
    this.#stream.on("data", (piece: Buffer) => this.#pieces.push(piece));
    this.#stream.on("error", failed);
  }

  compress(body: Buffer): Promise<Uint8Array> {
    const compressed = this.#last.then(() => this.#write(body));
    this.#last = compressed.catch(() => {});
    return compressed;
  }

  #write(body: Buffer): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#stream.write(body, (error) => {
        if (error !== null && error !== undefined) return reject(error);
        // What has not been told yet is told by that.
        while (this.#stream.read() !== null);
        const pieces = this.#pieces;
        this.#pieces = [];
        this.#stream.reset();
        resolve(Buffer.concat(pieces));
      });
    });
  }
}

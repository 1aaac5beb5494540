import { builtin } from "../../model/builtin.ts";
import { fileHead, type SpoolState, stateAt, stateByte } from "./spool-record.ts";

/** One file of a spool. Throws what the file system throws. */
export class SpoolSegment {
  readonly path: string;
  /** As far as it is written or will be by writes under way. */
  size: number;
  /** Records that still count. */
  live = 0;
  /** Writes under way: its descriptor must not be closed under them. */
  #writes = 0;
  #descriptor: number | undefined;
  #removed = false;

  private constructor(path: string, size: number, descriptor: number | undefined) {
    this.path = path;
    this.size = size;
    this.#descriptor = descriptor;
  }

  /** A new file that its owner alone may read. */
  static create(path: string): SpoolSegment {
    const fs = builtin("node:fs");
    const descriptor = fs.openSync(path, "wx+", 0o600);
    fs.writeSync(descriptor, fileHead, 0, fileHead.length, 0);
    return new SpoolSegment(path, fileHead.length, descriptor);
  }

  /** A file that is there. */
  static found(path: string, size: number): SpoolSegment {
    return new SpoolSegment(path, size, undefined);
  }

  get isIdle(): boolean {
    return this.#writes === 0;
  }

  get removed(): boolean {
    return this.#removed;
  }

  /** Writes a record behind the others. Answers where; rejects when not all of it could be written. */
  append(record: Uint8Array): Promise<number> {
    const at = this.#reserve(record.length);
    this.#writes++;
    return new Promise((resolve, reject) => {
      builtin("node:fs").write(this.#open(), record, 0, record.length, at, (error, written) => {
        this.#writes--;
        if (error === null && written === record.length) resolve(at);
        else {
          this.#giveBack(at, record.length);
          reject(error ?? new Error("ENOSPC"));
        }
      });
    });
  }

  appendNow(record: Uint8Array): number {
    const at = this.#reserve(record.length);
    const written = builtin("node:fs").writeSync(this.#open(), record, 0, record.length, at);
    if (written === record.length) return at;
    this.#giveBack(at, record.length);
    throw new Error("ENOSPC");
  }

  read(at: number, bytes: number): Promise<Uint8Array> {
    const target = Buffer.allocUnsafe(bytes);
    this.#writes++;
    return new Promise((resolve, reject) => {
      builtin("node:fs").read(this.#open(), target, 0, bytes, at, (error, read) => {
        this.#writes--;
        if (error === null) resolve(target.subarray(0, read));
        else reject(error);
      });
    });
  }

  /** Changes the state of the record at a place, before it returns: what is acknowledged must be known even if the process dies now. */
  mark(at: number, state: SpoolState): void {
    builtin("node:fs").writeSync(this.#open(), Uint8Array.of(stateByte(state)), 0, 1, at + stateAt);
  }

  remove(): void {
    this.#removed = true;
    this.close();
    builtin("node:fs").unlinkSync(this.path);
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    builtin("node:fs").closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    return (this.#descriptor ??= builtin("node:fs").openSync(this.path, "r+"));
  }

  #reserve(bytes: number): number {
    const at = this.size;
    this.size += bytes;
    return at;
  }

  /** Half a record at the end is cut off; one with others behind it is passed over by whoever reads. */
  #giveBack(at: number, bytes: number): void {
    if (this.size !== at + bytes) return;
    this.size = at;
    try {
      builtin("node:fs").ftruncateSync(this.#open(), at);
    } catch {
      // A full or failing disk; the next record takes the place, and the checksum tells the rest.
    }
  }
}

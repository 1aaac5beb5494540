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
    const segment = new SpoolSegment(path, fileHead.length, descriptor);
    try {
      if (fs.writeSync(descriptor, fileHead, 0, fileHead.length, 0) !== fileHead.length) throw new Error("ENOSPC");
      return segment;
    } catch (error) {
      segment.remove();
      throw error;
    }
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
  /** Whether somebody else has deleted the file, so that what is written to it is gone with the process. */
  get isUnlinked(): boolean {
    return builtin("node:fs").fstatSync(this.#open()).nlink === 0;
  }

  /** Writes a record behind the others. Answers where; rejects when not all of it could be written. */
  append(record: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      // Opened first: where that throws, nothing is under way.
      const descriptor = this.#open();
      const at = this.#reserve(record.length);
      this.#writes++;
      builtin("node:fs").write(descriptor, record, 0, record.length, at, (error, written) => {
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
    const descriptor = this.#open();
    const at = this.#reserve(record.length);
    try {
      if (builtin("node:fs").writeSync(descriptor, record, 0, record.length, at) === record.length) return at;
      throw new Error("ENOSPC");
    } catch (error) {
      this.#giveBack(at, record.length);
      throw error;
    }
  }

  read(at: number, bytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const descriptor = this.#open();
      const target = Buffer.allocUnsafe(bytes);
      this.#writes++;
      builtin("node:fs").read(descriptor, target, 0, bytes, at, (error, read) => {
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

  /** Deletes the file, or finds that somebody else has. */
  remove(): void {
    this.#removed = true;
    this.close();
    builtin("node:fs").rmSync(this.path, { force: true });
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    builtin("node:fs").closeSync(descriptor);
  }

  #open(): number {
    return (this.#descriptor ??= openFound(this.path));
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

/** Opens a file that is there, never what a link in its place points to. */
export function openFound(path: string): number {
  const { openSync, constants } = builtin("node:fs");
  return openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
}

import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import {
  type BodyStore,
  bodyBytes,
  type PutAway,
  type Recovered,
  type StoredBody,
  type StoreLoss,
} from "./body-store.ts";
import { orphansIn, readWhole } from "./spool-orphans.ts";
import { isOrphan, type SpoolOwner, spoolFileName } from "./spool-owner.ts";
import { decodeBody, encodeRecord, recordHeadBytes, scanSpool } from "./spool-record.ts";
import { SpoolLog } from "./spool-log.ts";
import { SpoolFolder, type SpoolFolderSettings } from "./spool-folder.ts";
import { SpoolSegment } from "./spool-segment.ts";

export interface FileSpoolSettings extends SpoolFolderSettings {
  readonly maxBytes: number;
  /** A body that waited for longer is not sent any more. */
  readonly maxAgeMs: number;
  readonly owner: SpoolOwner;
  /** Milliseconds since 1970. */
  readonly epochMs: () => number;
  readonly lost: StoreLoss;
  readonly diagnostics: Diagnostics;
}

interface Entry {
  readonly segment: SpoolSegment;
  readonly at: number;
  readonly bytes: number;
  readonly items: number;
  readonly epochMs: number;
  readonly uncertain: boolean;
}

/** Where a record will be. */
interface Place extends Pick<Entry, "segment" | "items" | "uncertain"> {
  readonly record: Uint8Array;
}

/** Files that this copy of the module holds open: a second spool of the same process must not take them for orphans. */
const heldPaths = new Set<string>();
const segmentShare = 8;
const maxEntries = 50_000;

/**
 * Keeps bodies in files that outlive the process, and gives them back in their order, also to the process after this one.
 *
 * At least once: a body is marked when it is taken and when it is done with, in the file, before anything else happens. What was acknowledged is
 * never given again; what was under way when a process ended is, and is called uncertain. A file is read as far as its records are whole.
 * It survives the end of the process, not a loss of power: nothing is forced to the disk.
 */
export class FileSpool implements BodyStore {
  readonly kind = "file";
  readonly #settings: FileSpoolSettings;
  readonly #folder: SpoolFolder;
  readonly #log: SpoolLog;
  readonly #taken = new Map<StoredBody, Entry>();
  #segments: SpoolSegment[] = [];
  #current: SpoolSegment | undefined;
  #entries: Entry[] = [];
  #number = 0;

  constructor(settings: FileSpoolSettings) {
    this.#settings = settings;
    this.#folder = new SpoolFolder(settings);
    this.#log = new SpoolLog(settings.directory, settings.diagnostics);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  get waiting(): boolean {
    return this.#entries.length > 0;
  }

  async recover(): Promise<Recovered> {
    let items = 0;
    let badBytes = 0;
    const entries: Entry[] = [];
    for (const name of this.#orphans()) {
      const found = await this.#adopt(name);
      if (found === undefined) continue;
      badBytes += found.badBytes;
      entries.push(...found.entries);
    }
    // What others left is sent before all that came meanwhile.
    this.#entries = [...entries, ...this.#entries];
    for (const entry of entries) items += entry.items;
    if (badBytes > 0) this.#log.damaged(badBytes);
    if (items > 0) this.#log.found(items);
    this.#makeRoom(0);
    return { items };
  }

  async put(body: readonly Uint8Array[], items: number): Promise<PutAway> {
    const place = this.#placeFor(body, items, false);
    if (typeof place === "string") return place;
    try {
      return this.#written(place, await place.segment.append(place.record));
    } catch (error) {
      return this.#unwritten(place.segment, error);
    }
  }

  putNow(body: readonly Uint8Array[], items: number, uncertain: boolean): PutAway {
    const place = this.#placeFor(body, items, uncertain);
    if (typeof place === "string") return place;
    try {
      return this.#written(place, place.segment.appendNow(place.record));
    } catch (error) {
      return this.#unwritten(place.segment, error);
    }
  }

  async take(): Promise<StoredBody | undefined> {
    for (;;) {
      this.#forgetExpired();
      const entry = this.#entries.shift();
      if (entry === undefined) return undefined;
      const body = await this.#read(entry);
      if (body === undefined) {
        this.#forget(entry);
        this.#settings.lost(entry.items, "spool-corrupt");
        continue;
      }
      const stored: StoredBody = { items: entry.items, body: [body], uncertain: entry.uncertain };
      this.#taken.set(stored, entry);
      this.#mark(entry, "under-way");
      return stored;
    }
  }

  settle(stored: StoredBody, became: "delivered" | "given-up" | "unsent"): void {
    const entry = this.#taken.get(stored);
    if (entry === undefined) return;
    this.#taken.delete(stored);
    if (became !== "unsent") this.#forget(entry);
    else if (entry.segment.removed) this.#settings.lost(entry.items, "spool-full");
    else {
      // A try that failed told that it did not arrive, or may have: only what was uncertain before stays so.
      this.#mark(entry, entry.uncertain ? "under-way" : "waiting");
      this.#entries.unshift(entry);
    }
  }

  close(): void {
    for (const segment of this.#segments) {
      heldPaths.delete(segment.path);
      try {
        if (segment.isIdle) segment.close();
      } catch {
        // Nothing depends on it any more.
      }
    }
    this.#segments = [];
    this.#entries = [];
    this.#taken.clear();
    this.#current = undefined;
  }

  /** The record of a body, and the file for it; in a word why there is none. */
  #placeFor(body: readonly Uint8Array[], items: number, uncertain: boolean): Place | PutAway {
    const { maxBytes, epochMs } = this.#settings;
    if (bodyBytes(body) + recordHeadBytes > maxBytes / 2) return "full";
    const record = encodeRecord(body, { state: uncertain ? "under-way" : "waiting", items, epochMs: epochMs() });
    try {
      const segment = this.#segmentFor(record.length);
      if (segment === undefined) return "full";
      // Counted ahead: whoever settles the last of the others meanwhile must not remove the file.
      segment.live++;
      return { segment, record, items, uncertain };
    } catch (error) {
      this.#log.fails(error);
      return "unwritable";
    }
  }

  #written({ segment, record, items, uncertain }: Place, at: number): PutAway {
    const { epochMs } = this.#settings;
    this.#entries.push({ segment, at, bytes: record.length, items, epochMs: epochMs(), uncertain });
    this.#log.works();
    return "kept";
  }

  /** A record could not be written: a file that was made for it goes again. */
  #unwritten(segment: SpoolSegment, error: unknown): PutAway {
    segment.live--;
    if (segment.live === 0 && segment.isIdle && !segment.removed) this.#remove(segment);
    this.#log.fails(error);
    return "unwritable";
  }

  /** The file for a record; undefined when no room can be made for it. */
  #segmentFor(bytes: number): SpoolSegment | undefined {
    this.#forgetExpired();
    if (!this.#makeRoom(bytes)) return undefined;
    const { maxBytes, owner } = this.#settings;
    const current = this.#current;
    if (current !== undefined && current.size + bytes <= maxBytes / segmentShare && !current.isUnlinked) return current;
    this.#folder.prepare();
    const segment = SpoolSegment.create(`${this.#folder.path}/${this.#nextName(owner)}`);
    heldPaths.add(segment.path);
    this.#segments.push(segment);
    this.#current = segment;
    return segment;
  }

  #nextName(owner: SpoolOwner): string {
    const { existsSync } = builtin("node:fs");
    for (;;) {
      const name = spoolFileName(owner, ++this.#number);
      if (!existsSync(`${this.#settings.directory}/${name}`)) return name;
    }
  }

  /** Whole files make room, the oldest first; what in them still waited is lost. False when all that is left is in use just now. */
  #makeRoom(bytes: number): boolean {
    while (this.bytes + bytes > this.#settings.maxBytes || this.#entries.length > maxEntries) {
      const oldest = this.#segments.find(({ isIdle }) => isIdle);
      if (oldest === undefined) return false;
      this.#lose(oldest);
    }
    return true;
  }

  #lose(segment: SpoolSegment): void {
    const lost = this.#entries.filter((entry) => entry.segment === segment);
    this.#entries = this.#entries.filter((entry) => entry.segment !== segment);
    this.#remove(segment);
    for (const { items } of lost) this.#settings.lost(items, "spool-full");
  }

  #forgetExpired(): void {
    const oldestMs = this.#settings.epochMs() - this.#settings.maxAgeMs;
    for (let first = this.#entries[0]; first !== undefined && first.epochMs < oldestMs; first = this.#entries[0]) {
      this.#entries.shift();
      this.#forget(first);
      this.#settings.lost(first.items, "spool-expired");
    }
  }

  async #read(entry: Entry): Promise<Uint8Array | undefined> {
    try {
      return decodeBody(await entry.segment.read(entry.at, entry.bytes));
    } catch {
      // Counted as damaged by whoever asked.
      return undefined;
    }
  }

  #forget(entry: Entry): void {
    const { segment } = entry;
    if (segment.removed) return;
    this.#mark(entry, "done");
    segment.live--;
    if (segment.live === 0 && segment.isIdle) this.#remove(segment);
  }

  #mark(entry: Entry, state: "waiting" | "under-way" | "done"): void {
    if (entry.segment.removed) return;
    try {
      entry.segment.mark(entry.at, state);
    } catch (error) {
      // A file that somebody deleted needs no mark.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#log.fails(error);
    }
  }

  #remove(segment: SpoolSegment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
    if (this.#current === segment) this.#current = undefined;
    heldPaths.delete(segment.path);
    try {
      segment.remove();
    } catch (error) {
      this.#log.fails(error);
    }
  }

  #orphans(): string[] {
    const { owner, epochMs } = this.#settings;
    try {
      return orphansIn(this.#folder, {
        isHeld: (path) => heldPaths.has(path),
        isOrphan: (name, touchedMs) => isOrphan(name, touchedMs, owner, epochMs()),
      });
    } catch (error) {
      // No directory yet: then nothing is left in it for us. One that cannot be used is told before it is needed.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#log.fails(error);
      return [];
    }
  }

  /** Takes over a file. Two processes may want it: whoever renames it has it. */
  async #adopt(name: string): Promise<{ entries: Entry[]; badBytes: number } | undefined> {
    const fs = builtin("node:fs");
    const { directory, owner } = this.#settings;
    const path = `${directory}/${this.#nextName(owner)}`;
    try {
      heldPaths.add(path);
      fs.renameSync(`${directory}/${name}`, path);
      const file = await readWhole(path);
      const { records, badBytes } = scanSpool(file);
      const segment = SpoolSegment.found(path, file.length);
      const entries: Entry[] = records
        .filter(({ state }) => state !== "done")
        .map(({ at, bytes, items, epochMs, state }) => ({
          segment,
          at,
          bytes: recordHeadBytes + bytes,
          items,
          epochMs,
          uncertain: state === "under-way",
        }));
      segment.live = entries.length;
      if (entries.length === 0) {
        heldPaths.delete(path);
        segment.remove();
        return { entries, badBytes };
      }
      // Before those of this process, which may have come while this one was read.
      const place = this.#segments.findIndex((other) => other === this.#current);
      this.#segments.splice(place === -1 ? this.#segments.length : place, 0, segment);
      return { entries, badBytes };
    } catch {
      // Another process was faster, or the file cannot be read; it stays where it is.
      heldPaths.delete(path);
      return undefined;
    }
  }
}

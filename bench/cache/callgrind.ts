import { execFile, spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Dump, readDump } from "./read-dump.ts";

const run = promisify(execFile);
const controlMs = 60_000;

export function requireCallgrind(): void {
  if (spawnSync("valgrind", ["--version"]).status === 0) return;
  throw new Error("Counting what caches miss needs valgrind, which is not here: apt-get install valgrind");
}

/** A process under callgrind, which simulates its instructions on a processor that is the same wherever it runs. */
export class Callgrind {
  /** What runs a program under it, in front of its command. Until it is told to it counts nothing, which is faster. */
  readonly command: readonly string[];
  readonly #folder: string;
  #dumps = 0;

  /** @param folder for what it writes: one of this process alone */
  constructor(folder: string) {
    this.#folder = folder;
    this.command = [
      "valgrind",
      "--tool=callgrind",
      `--log-file=${join(folder, "log")}`,
      // First level as on current server processors; the last one is not counted.
      ...["--cache-sim=yes", "--I1=32768,8,64", "--D1=49152,12,64", "--LL=2097152,16,64"],
      ...["--instr-atstart=no", "--separate-threads=yes", `--callgrind-out-file=${join(folder, "dump")}`],
      ...["--dump-instr=yes", "--dump-line=no", "--compress-pos=no", "--compress-strings=no"],
    ];
  }

  /** From here on instructions are counted. The caches are empty. */
  async begin(pid: number): Promise<void> {
    await this.#tell(pid, "instrumentation", "on");
  }

  /** It is faster again, and counts nothing. */
  async end(pid: number): Promise<void> {
    await this.#tell(pid, "instrumentation", "off");
  }

  async zero(pid: number): Promise<void> {
    await this.#tell(pid, "zero");
  }

  /** What the main thread did since the last `zero`. */
  async count(pid: number): Promise<Dump> {
    await this.#tell(pid, "dump");
    const names = await readdir(this.#folder);
    const name = `dump.${++this.#dumps}-01`;
    if (!names.includes(name)) throw new Error(`callgrind wrote no ${name}, but ${names.join(", ")}`);
    return readDump(await readFile(join(this.#folder, name), "utf8"));
  }

  async #tell(pid: number, ...words: readonly string[]): Promise<void> {
    try {
      await run("vgdb", [`--pid=${pid}`, ...words], { timeout: controlMs });
    } catch (error) {
      throw new Error(`vgdb could not tell callgrind "${words.join(" ")}": ${String(error)}`, { cause: error });
    }
  }
}

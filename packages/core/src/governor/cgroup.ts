/** Reads a file; undefined where there is none, or none that may be read. */
export type ReadFile = (path: string) => string | undefined;

/** What the container of the process may use; undefined where it has no limit, or no system tells. */
export interface ContainerLimits {
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** Periods of the CPU quota since the container began, and how many of them held it up. */
export interface ThrottledPeriods {
  readonly periods: number;
  readonly throttled: number;
}

/**
 * The control group of the process, version 1 or 2. A limit may be that of a group above: the smallest holds. Inside a container the group's own path
 * is often not there, and its root is what counts.
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/scheduler/sched-bwc.html
 */
export class ControlGroup {
  readonly #read: ReadFile;
  /** Folders to look into, the group's own first; by controller in version 1. */
  readonly #cpu: readonly string[];
  readonly #memory: readonly string[];
  readonly #isVersion2: boolean;

  /** @param root of the file system: of a tree of its own in tests. */
  constructor(read: ReadFile, root = "/") {
    this.#read = read;
    const mount = `${root.replace(/\/$/, "")}/sys/fs/cgroup`;
    const lines = (read(`${root.replace(/\/$/, "")}/proc/self/cgroup`) ?? "").split("\n");
    this.#isVersion2 = read(`${mount}/cgroup.controllers`) !== undefined;
    const folders = (controller: string): string[] => {
      const own = this.#isVersion2
        ? lines.find((line) => line.startsWith("0::"))
        : lines.find((line) => line.split(":")[1]?.split(",").includes(controller) === true);
      const [, names = "", path = "/"] = /^\d+:([^:]*):(\/.*)$/.exec(own ?? "") ?? [];
      const mounts = this.#isVersion2
        ? [mount]
        : [`${mount}/${names === "" ? controller : names}`, `${mount}/${controller}`];
      return [...new Set(mounts)].flatMap((base) => withAncestors(base, path));
    };
    this.#cpu = folders("cpu");
    this.#memory = folders("memory");
  }

  limits(): ContainerLimits {
    return {
      cpus: least(this.#cpu.map((folder) => this.#cpusOf(folder))),
      memoryBytes: least(
        this.#memory.map((folder) =>
          this.#number(`${folder}/${this.#isVersion2 ? "memory.max" : "memory.limit_in_bytes"}`),
        ),
      ),
    };
  }

  throttled(): ThrottledPeriods | undefined {
    for (const folder of this.#cpu) {
      const text = this.#read(`${folder}/cpu.stat`);
      const [, periods] = /^nr_periods (\d+)$/m.exec(text ?? "") ?? [];
      const [, throttled] = /^nr_throttled (\d+)$/m.exec(text ?? "") ?? [];
      if (periods !== undefined && throttled !== undefined)
        return { periods: Number(periods), throttled: Number(throttled) };
    }
    return undefined;
  }

  #cpusOf(folder: string): number | undefined {
    const [quota, period] = this.#isVersion2
      ? (this.#read(`${folder}/cpu.max`) ?? "").split(" ").map(Number)
      : [this.#number(`${folder}/cpu.cfs_quota_us`), this.#number(`${folder}/cpu.cfs_period_us`)];
    // `max`, and -1, are no limit.
    return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
  }

  #number(path: string): number | undefined {
    const number = Number.parseInt(this.#read(path) ?? "", 10);
    return Number.isNaN(number) ? undefined : number;
  }
}

function withAncestors(base: string, path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return Array.from({ length: names.length + 1 }, (_, i) => [base, ...names.slice(0, names.length - i)].join("/"));
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

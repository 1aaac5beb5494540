import { builtin } from "../model/builtin.ts";
import { LabelledHistogram } from "./labelled-histogram.ts";

const { NODE_PERFORMANCE_GC_MAJOR, NODE_PERFORMANCE_GC_INCREMENTAL, NODE_PERFORMANCE_GC_WEAKCB } =
  builtin("node:perf_hooks").constants;

/** What V8 does else, such as scavenges and minor mark-compacts, is of the young generation. */
const types: ReadonlyMap<number, string> = new Map([
  [NODE_PERFORMANCE_GC_MAJOR, "major"],
  [NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

/** How long garbage collections took, by type: `v8js.gc.duration`. */
export class GcDurations extends LabelledHistogram {
  constructor() {
    super("v8js.gc.duration", [0.01, 0.1, 1, 10]);
  }

  /** @param kind as Node's entries of type `gc` have it. */
  collected(kind: number, seconds: number): void {
    const type = types.get(kind) ?? "minor";
    this.record(type, seconds, () => ({ "v8js.gc.type": type }));
  }
}

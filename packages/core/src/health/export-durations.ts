import { durationBoundaries } from "../metrics/cells/bucket-search.ts";
import { LabelledHistogram } from "./labelled-histogram.ts";

/** How long each try of an export took: `otel.sdk.exporter.operation.duration`, with `error.type` where it failed. */
export class ExportDurations extends LabelledHistogram {
  constructor() {
    super("otel.sdk.exporter.operation.duration", durationBoundaries);
  }

  tried(exporter: string, failure: string | undefined, seconds: number): void {
    this.record(`${exporter}\n${failure ?? ""}`, seconds, () => {
      const name = { "otel.component.name": exporter };
      return failure === undefined ? name : { ...name, "error.type": failure };
    });
  }
}

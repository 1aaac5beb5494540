import type { Attributes } from "../../model/attributes.ts";
import type { EndedRequest } from "../../model/request/ended-request.ts";
import type { ReadableSpan } from "../../model/span-processor.ts";
import type { SamplingChange, SamplingState } from "../sampling/sampling-control.ts";
import type { WatchedLines } from "../../logging/watched-lines.ts";

/** What a listener is told, on the thread of the requests. What it throws is counted as `watch` and reaches nobody. */
export interface EngineListener {
  /** Each request as it ends, sampled or not. */
  requestEnded(request: EndedRequest): void;
  /**
   * Each span that leaves. It is made where it is read, now or later: what a request waits for is little until then. For who has no room to read it,
   * `traceId` says whose it was.
   */
  spanEnded(read: () => ReadableSpan, traceId: () => string): void;
  /**
   * A child span that is dropped before it leaves: beyond `maxSpansPerRequest` or another bound, or while the governor holds telemetry back. Its
   * request may turn out to have no trace at all. Spans below it are not told: they are not even begun.
   */
  spanDropped?(traceId: string): void;
}

/** The durations of all requests since the start, in seconds. */
export interface RequestDurations {
  /** Upper bounds, inclusive. */
  readonly boundaries: readonly number[];
  readonly points: readonly {
    readonly attributes: Attributes;
    readonly count: number;
    /** One more than there are bounds. */
    readonly counts: readonly number[];
  }[];
}

/** What a listener may ask for besides. */
export interface EngineWatch {
  /** As no view tells them; undefined where requests are not counted. It takes nothing from any reader. */
  durations(): RequestDurations | undefined;
  /** Of the loggers there are now. */
  lines(): readonly WatchedLines[];
  /** What would be in force with a change. Nothing is changed. @throws OptionError for one that `sampling.update` would not take */
  tryOut(change: SamplingChange): SamplingState;
  /**
   * As `sampling.update`, as a change of the page; answers what takes back all that the change named, and nothing else. Undefined where everything is
   * already as it says, and nothing was changed; rules to be tried are tried anew though.
   *
   * @throws OptionError for what cannot be
   */
  change(change: SamplingChange): (() => void) | undefined;
  stop(): void;
}

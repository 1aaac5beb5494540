/** What traces and request lines cost in this service, as windows without them show. */
export interface ProvenCost {
  /** `proven` once the interval is narrower than its value. */
  readonly state: "not yet" | "proven";
  /** CPU of the whole process that they add to a request, in microseconds; undefined before there are enough windows to say anything. */
  readonly requestUs: number | undefined;
  /** Where its 95 % interval begins. */
  readonly lowUs: number | undefined;
  /** Where it ends. */
  readonly highUs: number | undefined;
  /** How long it will probably take until it is proven, in ms: 0 once it is, undefined as long as the value is not above 0. */
  readonly remainingMs: number | undefined;
  /** Windows that were compared with the time beside them. */
  readonly windows: number;
  /** Requests that began in windows, so that they had no trace. */
  readonly leftOut: number;
  /** By what requests' direct measurements are multiplied; 1 until it is proven. */
  readonly factor: number;
}

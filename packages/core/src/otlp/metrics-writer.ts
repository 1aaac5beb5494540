import type { MetricData, MetricsSnapshot } from "../model/metric-data.ts";
import type { Scope } from "../model/scope.ts";
import { packDoubles, writeExponentialPoint, writeHistogramPoint, writeNumberPoint } from "./metrics-point-writer.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { isText, writeResource, writeScope } from "./write-origin.ts";

/** What one request may hold. */
export interface MetricsRequestBounds {
  readonly maxPoints: number;
  /** Before compression. A single point that is larger goes alone. */
  readonly maxBytes: number;
}

/** An `ExportMetricsServiceRequest`, ready to be sent. */
export interface MetricsRequest {
  readonly bytes: Uint8Array;
  /** How many data points it holds. */
  readonly points: number;
}

const dataField = { gauge: 5, sum: 7, histogram: 9, exponential: 10 } as const;
const temporalityCode = { delta: 1, cumulative: 2 } as const;
/** Room for what closes the open messages: their lengths, temporality, monotonicity. */
const tailBytes = 32;

/**
 * Writes a snapshot as requests that each say resource and scope anew; none when there is no point.
 *
 * Source: opentelemetry/proto/collector/metrics/v1/metrics_service.proto
 */
export function writeMetricsRequests(snapshot: MetricsSnapshot, bounds: MetricsRequestBounds): MetricsRequest[] {
  const writer = new MetricsRequestWriter(snapshot, bounds);
  for (const { scope, metrics } of snapshot.scopes) for (const metric of metrics) writer.add(scope, metric);
  return writer.end();
}

/** Marks of the messages that are open, outermost first. */
interface OpenRequest {
  readonly resourceMetrics: number;
  scopeMetrics: number;
  scope: Scope;
  points: number;
}

class MetricsRequestWriter {
  readonly #snapshot: MetricsSnapshot;
  readonly #bounds: MetricsRequestBounds;
  readonly #writer = new ProtobufWriter(16_384);
  /** Holds one point, or the head of a metric: their size is known before they are put into a request. */
  readonly #piece = new ProtobufWriter(1024);
  readonly #resourceTailBytes: number;
  readonly #requests: MetricsRequest[] = [];
  #open: OpenRequest | undefined;

  constructor(snapshot: MetricsSnapshot, bounds: MetricsRequestBounds) {
    this.#snapshot = snapshot;
    this.#bounds = bounds;
    this.#resourceTailBytes = tailBytes + schemaUrlBytes(snapshot.resource.schemaUrl);
  }

  add(scope: Scope, metric: MetricData): void {
    const head = this.#head(metric);
    let open: { metric: number; data: number } | undefined;
    for (const point of this.#points(metric)) {
      const isNewScope = this.#open?.scope !== scope;
      const pieceBytes =
        point.length + 6 + (open === undefined ? head.length + 10 : 0) + (isNewScope ? scopeBytes(scope) : 0);
      if (!this.#fits(pieceBytes, scope)) {
        if (open !== undefined) this.#closeMetric(metric, open);
        open = undefined;
        this.#closeRequest();
      }
      const request = this.#requestFor(scope);
      open ??= this.#openMetric(metric, head);
      this.#writer.bytesField(1, point);
      request.points++;
    }
    if (open !== undefined) this.#closeMetric(metric, open);
  }

  end(): MetricsRequest[] {
    this.#closeRequest();
    return this.#requests;
  }

  #fits(bytes: number, scope: Scope): boolean {
    const { maxPoints, maxBytes } = this.#bounds;
    if (this.#open === undefined) return true;
    return this.#open.points < maxPoints && this.#writer.position + bytes + this.#tailBytes(scope) <= maxBytes;
  }

  #tailBytes(scope: Scope): number {
    return this.#resourceTailBytes + schemaUrlBytes(scope.schemaUrl);
  }

  /** The open request, in which the scope is open. */
  #requestFor(scope: Scope): OpenRequest {
    const writer = this.#writer;
    const open = this.#open;
    if (open?.scope === scope) return open;
    if (open === undefined) {
      writer.reset();
      const resourceMetrics = writer.open(1);
      writeResource(writer, 1, this.#snapshot.resource);
      return (this.#open = { resourceMetrics, scopeMetrics: this.#openScope(scope), scope, points: 0 });
    }
    this.#closeScope(open);
    open.scopeMetrics = this.#openScope(scope);
    open.scope = scope;
    return open;
  }

  #openScope(scope: Scope): number {
    const scopeMetrics = this.#writer.open(2);
    writeScope(this.#writer, 1, scope);
    return scopeMetrics;
  }

  #closeScope({ scope, scopeMetrics }: OpenRequest): void {
    if (isText(scope.schemaUrl)) this.#writer.stringField(3, scope.schemaUrl);
    this.#writer.close(scopeMetrics);
  }

  #closeRequest(): void {
    const open = this.#open;
    if (open === undefined) return;
    const writer = this.#writer;
    const { resource } = this.#snapshot;
    this.#closeScope(open);
    if (isText(resource.schemaUrl)) writer.stringField(3, resource.schemaUrl);
    writer.close(open.resourceMetrics);
    this.#requests.push({ bytes: writer.bytes(), points: open.points });
    this.#open = undefined;
  }

  #head({ name, description, unit }: MetricData): Uint8Array {
    const piece = this.#piece;
    piece.reset();
    piece.stringField(1, name);
    if (description !== "") piece.stringField(2, description);
    if (unit !== "") piece.stringField(3, unit);
    return piece.bytes();
  }

  #openMetric(metric: MetricData, head: Uint8Array): { metric: number; data: number } {
    const mark = this.#writer.open(2);
    this.#writer.raw(head);
    return { metric: mark, data: this.#writer.open(dataField[metric.kind]) };
  }

  #closeMetric(metric: MetricData, open: { metric: number; data: number }): void {
    const writer = this.#writer;
    if (metric.kind !== "gauge") writer.varintField(2, temporalityCode[metric.temporality]);
    if (metric.kind === "sum" && metric.monotonic) writer.boolField(3, true);
    writer.close(open.data);
    writer.close(open.metric);
  }

  *#points(metric: MetricData): Iterable<Uint8Array> {
    const time = { startMs: metric.startMs, timeMs: this.#snapshot.timeMs };
    const piece = this.#piece;
    if (metric.kind === "histogram") {
      const boundaries = packDoubles(metric.boundaries);
      for (const point of metric.points) {
        piece.reset();
        writeHistogramPoint(piece, point, boundaries, time);
        yield piece.bytes();
      }
    } else if (metric.kind === "exponential") {
      for (const point of metric.points) {
        piece.reset();
        writeExponentialPoint(piece, point, time);
        yield piece.bytes();
      }
    } else {
      for (const point of metric.points) {
        piece.reset();
        writeNumberPoint(piece, point, metric.valueType, time);
        yield piece.bytes();
      }
    }
  }
}

/** What opening a scope takes, and closing the one before. */
function scopeBytes({ name, version, schemaUrl }: Scope): number {
  return Buffer.byteLength(`${name}${version}`) + schemaUrlBytes(schemaUrl) + tailBytes;
}

function schemaUrlBytes(url: string | undefined): number {
  return !isText(url) ? 0 : Buffer.byteLength(url) + 6;
}

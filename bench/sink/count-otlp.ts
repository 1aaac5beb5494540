import { sumCounts, type Counts } from "./counts.ts";

const serverKind = 2;
const clientKind = 3;
const requestDuration = "http.server.request.duration";

/** Walks over a protobuf message, field by field. Knows no schema and copies nothing. */
class FieldReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  field = 0;
  /** Of a varint. */
  value = 0;
  /** Of a length-delimited or fixed field. */
  start = 0;
  end = 0;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#varint();
    this.field = Math.trunc(tag / 8);
    this.start = this.#at;
    switch (tag % 8) {
      case 0:
        this.value = this.#varint();
        break;
      case 1:
        this.#at += 8;
        break;
      case 2: {
        const length = this.#varint();
        this.start = this.#at;
        this.#at += length;
        break;
      }
      case 5:
        this.#at += 4;
        break;
      default:
        throw new Error(`No such wire type: ${tag % 8} at byte ${this.#at}.`);
    }
    this.end = this.#at;
    if (this.#at > this.#end)
      throw new Error(`Field ${this.field} goes ${this.#at - this.#end} bytes past the end of its message.`);
    return true;
  }

  message(): FieldReader {
    return new FieldReader(this.#bytes, this.start, this.end);
  }

  text(): string {
    return this.#bytes.toString("utf8", this.start, this.end);
  }

  fixed64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.start));
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error("The message ends within a number.");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}

/** Counts an `ExportTraceServiceRequest`. */
export function countTraces(body: Buffer): Map<string, Counts> {
  return countResources(body, (scopes, counts) => {
    if (scopes.field !== 2) return;
    const span = scopes.message();
    let kind = 0;
    let attributes = 0;
    while (span.next()) {
      if (span.field === 6) kind = span.value;
      else if (span.field === 9) attributes++;
    }
    counts.spans++;
    if (kind === clientKind) counts.clientSpans++;
    if (kind !== serverKind) return;
    counts.serverSpans++;
    counts.serverAttributes += attributes;
  });
}

/** Counts an `ExportMetricsServiceRequest`: the requests in `http.server.request.duration`, which is cumulative, so that the newest value is the whole. */
export function countMetrics(body: Buffer): Map<string, Counts> {
  return countResources(body, (scopes, counts) => {
    if (scopes.field !== 2) return;
    const metric = scopes.message();
    let name = "";
    let requests = 0;
    while (metric.next()) {
      if (metric.field === 1) name = metric.text();
      else if (metric.field === 9) requests += countHistogram(metric.message());
    }
    if (name === requestDuration) counts.requests = (counts.requests ?? 0) + requests;
  });
}

function countHistogram(histogram: FieldReader): number {
  let count = 0;
  while (histogram.next()) {
    if (histogram.field !== 1) continue;
    const point = histogram.message();
    while (point.next()) if (point.field === 4) count += point.fixed64();
  }
  return count;
}

/** Traces and metrics are built alike: resources (1), in them the resource (1) and scopes (2), whose fields `visit` is shown. */
function countResources(body: Buffer, visit: (scope: FieldReader, counts: Counts) => void): Map<string, Counts> {
  const byService = new Map<string, Counts>();
  const request = new FieldReader(body);
  while (request.next()) {
    if (request.field !== 1) continue;
    let service = "";
    const counts: Counts = { spans: 0, serverSpans: 0, clientSpans: 0, serverAttributes: 0, requests: undefined };
    const resource = request.message();
    while (resource.next()) {
      if (resource.field === 1) service = serviceName(resource.message()) ?? service;
      if (resource.field !== 2) continue;
      const scope = resource.message();
      while (scope.next()) visit(scope, counts);
    }
    const known = byService.get(service);
    byService.set(service, known === undefined ? counts : sumCounts(known, counts));
  }
  return byService;
}

function serviceName(resource: FieldReader): string | undefined {
  while (resource.next()) {
    if (resource.field !== 1) continue;
    const attribute = resource.message();
    let key = "";
    while (attribute.next()) {
      if (attribute.field === 1) key = attribute.text();
      if (attribute.field !== 2 || key !== "service.name") continue;
      const value = attribute.message();
      if (value.next() && value.field === 1) return value.text();
    }
  }
  return undefined;
}

import { type ReceivedRequest, valueText, type ReceivedAttributes } from "@gossamer/testing";

/** What arrived of one service. */
export interface ServiceArrivals {
  spans: number;
  /** Spans of requests that it served. */
  requestSpans: number;
  /** Traces that it is in. */
  traces: number;
  points: number;
  logs: number;
}

const serverKind = 2;
/** Traces that are remembered of a service, so that none is counted twice; the oldest go first. */
const maxTraces = 20_000;

/** Counts what arrives, by service. */
export class ServiceCounts {
  readonly #services = new Map<string, ServiceArrivals & { readonly seen: Set<string> }>();

  add({ spans, points, logs }: ReceivedRequest): void {
    for (const { resource, kind, traceId } of spans) {
      const service = this.#of(resource);
      service.spans++;
      if (kind === serverKind) service.requestSpans++;
      if (service.seen.has(traceId)) continue;
      service.traces++;
      service.seen.add(traceId);
      if (service.seen.size > maxTraces) service.seen.delete(service.seen.values().next().value ?? "");
    }
    for (const { resource } of points) this.#of(resource).points++;
    for (const { resource } of logs) this.#of(resource).logs++;
  }

  byName(): Record<string, ServiceArrivals> {
    return Object.fromEntries([...this.#services].map(([name, { seen: _seen, ...counts }]) => [name, counts]));
  }

  #of(resource: ReceivedAttributes): ServiceArrivals & { readonly seen: Set<string> } {
    const name = valueText(resource["service.name"] ?? "(no name)");
    const service = this.#services.get(name) ?? {
      spans: 0,
      requestSpans: 0,
      traces: 0,
      points: 0,
      logs: 0,
      seen: new Set(),
    };
    this.#services.set(name, service);
    return service;
  }
}

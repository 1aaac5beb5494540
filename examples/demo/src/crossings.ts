import { valueText, type ReceivedSpan } from "@gossamer/testing";

/** What of a server span tells its place in a trace. */
interface Visit {
  readonly spanId: string;
  readonly parentSpanId: string;
  /** `fastify-shop POST /stock/:productId/reservations` */
  readonly name: string;
  readonly service: string;
}

/** Traces that are remembered; the oldest go first. */
const maxTraces = 20_000;

/** Puts the server spans of a trace in the order in which one service called the other. */
export class Crossings {
  readonly #traces = new Map<string, Visit[]>();

  add({ traceId, spanId, parentSpanId, name, resource }: ReceivedSpan): void {
    const visits = this.#traces.get(traceId) ?? [];
    if (visits.length === 0) {
      this.#traces.set(traceId, visits);
      if (this.#traces.size > maxTraces) this.#traces.delete(this.#traces.keys().next().value ?? "");
    }
    const service = valueText(resource["service.name"] ?? "(no name)");
    visits.push({ spanId, parentSpanId: parentSpanId ?? "", name: `${service} ${name}`, service });
  }

  /** Those with more than one service, as the chain from the span whose caller is not among them. */
  chains(): Map<string, readonly string[]> {
    const chains = new Map<string, readonly string[]>();
    for (const [traceId, visits] of this.#traces) {
      if (new Set(visits.map(({ service }) => service)).size > 1) chains.set(traceId, chainOf(visits));
    }
    return chains;
  }
}

function chainOf(visits: readonly Visit[]): string[] {
  const chain: string[] = [];
  let next = visits.find(({ parentSpanId }) => !visits.some(({ spanId }) => spanId === parentSpanId));
  while (next !== undefined && chain.length < visits.length) {
    const { spanId, name } = next;
    chain.push(name);
    next = visits.find(({ parentSpanId }) => parentSpanId === spanId);
  }
  return chain;
}

import type { ExchangeHost, OnwardTicketOf } from "../../exchange/host/exchange-host.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { DecisionCounts } from "../../sampling/decision-counts.ts";
import type { TokenBucket } from "../../sampling/threshold/token-bucket.ts";
import { byTicket, type GoodTicket, type Tickets } from "../../sampling/tickets/tickets.ts";
import type { Tally } from "../../tally/tally.ts";

export interface TicketGateParts {
  readonly tickets: Tickets;
  /** The header they come in, in lower case. */
  readonly header: string;
  readonly counts: DecisionCounts;
  /** Bounds all spans, those of tickets too. */
  readonly spanLimit: TokenBucket | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly faults: Tally;
}

/** Gives requests that bring a good ticket a host that traces them, and all others the one they would have. */
export class TicketGate {
  readonly #parts: TicketGateParts;

  constructor(parts: TicketGateParts) {
    this.#parts = parts;
  }

  /** What the exchange of a request with a good ticket works with; undefined for any other. Never throws. */
  hostOf<Request>(request: Request, reader: RequestReader<Request>, host: ExchangeHost): ExchangeHost | undefined {
    const { tickets, header, faults } = this.#parts;
    try {
      const text = reader.header(request, header);
      if (text === undefined) return undefined;
      const good = tickets.read(text, () => reader.header(request, "traceparent"));
      return good === undefined ? undefined : this.#hostFor(good, host);
    } catch {
      faults.add("tickets");
      return undefined;
    }
  }

  #hostFor(good: GoodTicket, host: ExchangeHost): ExchangeHost {
    const { tickets, counts, spanLimit, now } = this.#parts;
    const onward: OnwardTicketOf = (request) =>
      request.decision === byTicket ? tickets.onward(good, request) : undefined;
    return {
      ...host,
      decisionWaitsForRoute: host.decisionWaitsForRoute || good.pattern.route !== undefined,
      onward,
      decide(facts) {
        if (!tickets.isFor(good, facts)) return host.decide(facts);
        if (spanLimit !== undefined && !spanLimit.take(1, now())) {
          tickets.counts.add("span-limit");
          return host.decide(facts);
        }
        if (!tickets.spend(good)) return host.decide(facts);
        counts.add(byTicket);
        return byTicket;
      },
    };
  }
}

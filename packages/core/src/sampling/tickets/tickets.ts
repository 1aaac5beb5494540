import type { Clock } from "../../model/clock.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import { type TraceWords, traceIdText } from "../../model/ids.ts";
import type { RandomPool } from "../../model/random.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";
import { Tally } from "../../tally/tally.ts";
import { parseMatch, type RulePattern } from "../rules/rule-pattern.ts";
import { TokenBucket } from "../threshold/token-bucket.ts";
import { SpentTickets } from "./spent-tickets.ts";
import {
  isSigned,
  maxTicketCount,
  maxTicketLength,
  maxTicketSeconds,
  parseTicket,
  type Ticket,
  writeTicket,
} from "./ticket-text.ts";

export interface TicketsParts {
  /** The first signs, all are believed. */
  readonly secrets: readonly string[];
  /** So many signatures a second are looked at. */
  readonly maxChecksPerSecond: number;
  readonly clock: Clock;
  readonly random: RandomPool;
  /** Known methods, `_OTHER` first. */
  readonly methods: readonly string[];
}

/** A request that came with a good ticket: what it is for. */
export interface GoodTicket {
  readonly ticket: Ticket;
  readonly pattern: RulePattern;
}

/** What goes to the next service with a trace. */
export interface OnwardTicket {
  readonly traceId: string;
  readonly text: string;
}

/** What a ticket is to be. */
export interface WantedTicket {
  readonly route: string;
  readonly count: number;
  readonly seconds: number;
}

/** Clocks of two machines differ by so much. */
const skewS = 60;
/** What goes on with a trace is used at once. */
const onwardS = 60;
/** In the services behind it, one request is so many. */
const onwardFan = 16;

/** The one decision of all tickets, by which a request knows itself again. */
export const byTicket: Decision = Object.freeze({ sampled: true, reason: "ticket" });

const anyRoute: RulePattern = { methods: undefined, route: undefined };

/**
 * Makes tickets, and says of those that requests bring whether they are good. What is wrong changes nothing and is counted by what is wrong with it; it
 * costs its length at first, then its form, and the signatures that are looked at are bounded by the second.
 */
export class Tickets {
  /** What became of tickets: `used`, or why not. */
  readonly counts: Tally = new Tally();
  readonly #parts: TicketsParts;
  readonly #checks: TokenBucket;
  readonly #spent = new SpentTickets();

  constructor(parts: TicketsParts) {
    this.#parts = parts;
    this.#checks = new TokenBucket(parts.maxChecksPerSecond);
  }

  /** @throws Error for a route that no rule could have; its message completes `must be …`. */
  make({ route, count, seconds }: WantedTicket): string {
    const { methods, secrets, random } = this.#parts;
    parseMatch(route, methods);
    const id = [0, 1, 2].map(() => (random.take() >>> 0).toString(16).padStart(8, "0")).join("");
    const from = this.#nowS();
    const ticket: Ticket = { id, count, from, until: from + seconds, route: route.trim(), traceId: undefined };
    return writeTicket(ticket, secrets[0] ?? "");
  }

  /** The ticket of a request, if it is good; counted if it is not. `traceparent` reads the header of that name. */
  read(text: string, traceparent: () => string | undefined): GoodTicket | undefined {
    if (text.length > maxTicketLength) return this.#refuse("oversized");
    const ticket = parseTicket(text);
    if (ticket === undefined) return this.#refuse("malformed");
    const wrong = this.#wrongTime(ticket);
    if (wrong !== undefined) return this.#refuse(wrong);
    if (!this.#checks.take(1, this.#parts.clock.now())) return this.#refuse("unchecked");
    const read = this.#believe(ticket, text, callerTrace(traceparent()));
    return typeof read === "string" ? this.#refuse(read) : read;
  }

  /** Whether a request brings a ticket that is for it, for whoever asks what would be: counts and spends nothing. */
  areBrought(facts: SamplingFacts, header: string): boolean {
    const text = facts.header(header);
    const good = text === undefined ? undefined : this.look(text, callerTrace(facts.header("traceparent")));
    return good !== undefined && fits(good.pattern, facts);
  }

  /** A ticket as {@link Tickets.read} reads it, without a trace of the reading. */
  look(text: string, traceId: string | undefined): GoodTicket | undefined {
    const ticket = parseTicket(text);
    if (ticket === undefined || this.#wrongTime(ticket) !== undefined) return undefined;
    const read = this.#believe(ticket, text, traceId);
    return typeof read === "string" ? undefined : read;
  }

  /** Whether the ticket is for such a request; counted if it is not. */
  isFor({ pattern }: GoodTicket, facts: Pick<SamplingFacts, "method" | "route" | "routePending">): boolean {
    if (fits(pattern, facts)) return true;
    this.counts.add(facts.routePending === true && pattern.route !== undefined ? "before-route" : "other-route");
    return false;
  }

  /** Uses it once. */
  spend({ ticket }: GoodTicket): boolean {
    const { id, count, until, traceId } = ticket;
    // What goes on is counted apart, by the ticket that it came from.
    const taken =
      traceId === undefined
        ? this.#spent.take(id, count, until, this.#nowS())
        : this.#spent.take(`${id} onward`, count * onwardFan, until + onwardS, this.#nowS());
    if (taken === "taken") {
      this.counts.add("used");
      return true;
    }
    this.counts.add(taken === "full" ? "table-full" : "spent");
    return false;
  }

  /** What the services behind a request are shown: good for its trace alone, for a minute, and never longer than the ticket; nothing once that is over. */
  onward({ ticket }: GoodTicket, trace: TraceWords): OnwardTicket | undefined {
    const from = this.#nowS();
    if (ticket.until < from) return undefined;
    const traceId = traceIdText(trace);
    const until = Math.min(ticket.until, from + onwardS);
    return {
      traceId,
      text: writeTicket({ ...ticket, from, until, route: undefined, traceId }, this.#parts.secrets[0] ?? ""),
    };
  }

  #wrongTime({ count, from, until }: Ticket): string | undefined {
    const nowS = this.#nowS();
    if (count < 1 || count > maxTicketCount || until - from > maxTicketSeconds) return "malformed";
    if (until < nowS) return "expired";
    return from > nowS + skewS ? "early" : undefined;
  }

  #believe(ticket: Ticket, text: string, traceId: string | undefined): GoodTicket | string {
    const { secrets, methods } = this.#parts;
    if (!isSigned(text, secrets)) return "wrong";
    if (ticket.traceId !== undefined) {
      return ticket.traceId === traceId ? { ticket, pattern: anyRoute } : "other-trace";
    }
    try {
      return { ticket, pattern: parseMatch(ticket.route ?? "*", methods) };
    } catch {
      // Of a service that knows other methods.
      return "other-route";
    }
  }

  #refuse(reason: string): undefined {
    this.counts.add(reason);
    return undefined;
  }

  #nowS(): number {
    const { clock } = this.#parts;
    return Math.floor(clock.epochMs(clock.now()) / 1_000);
  }
}

/** What a request says of the trace of its caller, as it is written. */
function callerTrace(traceparent: string | undefined): string | undefined {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent?.trim() ?? "")?.[1];
}

/** Whether a pattern is for such a request, as far as its route is known. */
function fits({ methods, route }: RulePattern, facts: Pick<SamplingFacts, "method" | "route">): boolean {
  if (methods !== undefined && !methods.has(facts.method)) return false;
  return route === undefined || (facts.route !== undefined && route.matches(facts.route.template));
}

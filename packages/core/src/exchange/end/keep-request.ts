import type { KeepFacts } from "../../sampling/keep/keep.ts";
import { type FinishedRequest, durationOf, type RequestEnd } from "../span/finished-request.ts";

/** The exchange itself. */
type KeptRequest = Pick<FinishedRequest, "startMs"> & Pick<KeepFacts, "randomLow">;

/** Keeps a request that was not sampled, if it ended in a way that is worth it: it is traced then, by the decision to keep it. */
export function keepRequest(exchange: KeptRequest, end: RequestEnd): void {
  const { host, route, endMs, rule } = end;
  const kept = host.keep.keep(new EndFacts(exchange, end), route, endMs, rule?.keep);
  if (kept === undefined) return;
  end.decision = kept;
  end.traced = true;
  // While nobody had decided, the span took more notes than an unsampled one may.
  end.notes?.trimNotes();
}

/** What keeping looks at. R is drawn only when it is asked for: of an answer that went well nobody asks. */
class EndFacts implements KeepFacts {
  readonly statusCode: number | undefined;
  readonly failed: boolean;
  readonly completed: boolean;
  readonly durationMs: number;
  readonly #exchange: KeptRequest;

  constructor(exchange: KeptRequest, end: RequestEnd) {
    this.#exchange = exchange;
    this.statusCode = end.statusCode;
    this.failed = end.error !== undefined;
    this.completed = end.completed;
    this.durationMs = durationOf(exchange, end);
  }

  get randomLow(): number {
    return this.#exchange.randomLow;
  }
}

import type { ExchangeHost } from "../../exchange/host/exchange-host.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { RolloutGate } from "../sampling/rollout-gate.ts";
import { createTicketGate } from "../sampling/tickets.part.ts";
import type { Rooms } from "./rooms.ts";

/** Says what the exchange of a request works with. */
export interface RequestGate {
  hostOf<Request>(request: Request, reader: RequestReader<Request>): ExchangeHost;
}

/** A ticket opens what a rollout keeps shut. Undefined where neither was asked for, so that requests pass no gate. */
export function createRequestGate(settings: Settings, rooms: Rooms, host: ExchangeHost): RequestGate | undefined {
  const { sampling, tickets, faults } = rooms;
  const { counts, spanLimit } = sampling;
  const rollout =
    settings.rollout === undefined ? undefined : new RolloutGate(settings.rollout, host, { counts, faults });
  if (tickets === undefined) return rollout;
  const now = (): number => settings.clock.now();
  const { header } = settings.tickets;
  const gate = createTicketGate({ tickets, header, counts, spanLimit, now, faults });
  return {
    hostOf: (request, reader) =>
      gate.hostOf(request, reader, host) ?? (rollout === undefined ? host : rollout.hostOf(request, reader)),
  };
}

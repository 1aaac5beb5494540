import { Tickets, type TicketsParts } from "../../sampling/tickets/tickets.ts";
import { TicketGate, type TicketGateParts } from "./ticket-gate.ts";
export { wantedTicket } from "./wanted-ticket.ts";

export function createTickets(parts: TicketsParts): Tickets {
  return new Tickets(parts);
}

export function createTicketGate(parts: TicketGateParts): TicketGate {
  return new TicketGate(parts);
}

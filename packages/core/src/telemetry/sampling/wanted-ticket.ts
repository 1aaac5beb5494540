import { OptionError, wrongValue } from "../../model/checks/option-error.ts";
import { integer, number, shortText } from "../../model/checks/checks.ts";
import { readMembers } from "../../model/checks/read-members.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { maxTicketCount, maxTicketRoute, maxTicketSeconds } from "../../sampling/tickets/ticket-text.ts";
import type { Tickets } from "../../sampling/tickets/tickets.ts";
import type { TicketRequest } from "./sampling-control.ts";

/** A ticket as it is asked for. Throws an `OptionError` for what it cannot be, and where nobody could make one. */
export function wantedTicket(request: TicketRequest, tickets: Tickets | undefined): string {
  if (tickets === undefined) {
    throw new OptionError(
      "tickets.secret",
      'Option "tickets.secret" is unset, or traces are off: set it, or GOSSAMER_TICKET_SECRET, to sign tickets.',
      { code: "GSM_OPTION_CONFLICT" },
    );
  }
  const {
    route = "*",
    count = 1,
    forMs = 600_000,
  } = readMembers<TicketRequest>(request, "ticket", "an object", {
    route: shortText(maxTicketRoute),
    count: integer(1, maxTicketCount),
    forMs: number(1_000, maxTicketSeconds * 1_000),
  });
  try {
    return tickets.make({ route, count, seconds: Math.ceil(forMs / 1_000) });
  } catch (error) {
    throw wrongValue("ticket.route", textOf(error), quoteValue(route), "GSM_OPTION_RANGE");
  }
}

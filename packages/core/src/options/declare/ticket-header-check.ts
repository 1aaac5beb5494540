import type { Check } from "../../model/checks/checks.ts";
import { wrongValue } from "../../model/checks/option-error.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { headerName } from "../validate/record-checks.ts";

/** Headers that mean something already: to HTTP, to proxies, or to whoever follows traces. A ticket in one of them would take its place in calls. */
const taken =
  /^(?:trace(?:parent|state)|baggage|b3|host|authorization|(?:set-)?cookie|(?:accept|content|if|proxy|sec|x-(?:b3|forwarded))-.+|accept|connection|date|expect|forwarded|keep-alive|origin|range|referer|te|trailer|transfer-encoding|upgrade|user-agent|via)$/;

/** The header of tickets: one that means nothing to anybody else. */
export const ticketHeaderCheck: Check<string> = {
  ...headerName,
  expectation: "the name of a header that has no meaning of its own",
  validate(value, name) {
    const header = headerName.validate(value, name);
    if (taken.test(header)) throw wrongValue(name, this.expectation, quoteValue(header), "GSM_OPTION_RANGE");
    return header;
  },
};

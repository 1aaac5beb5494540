import { builtin } from "../../model/builtin.ts";

/** What a ticket says, once its signature was found to be of somebody who knows the secret. */
export interface Ticket {
  /** 24 hex digits that tell it from all others. */
  readonly id: string;
  /** How many requests it is for, in each process. */
  readonly count: number;
  /** In whole seconds since 1970: from when to when it is good. */
  readonly from: number;
  readonly until: number;
  /** As rules write it: `GET /users/:id`, `/admin/*`, `*`. Undefined for what a service tells the next one, which has routes of its own. */
  readonly route: string | undefined;
  /** The trace that it belongs to, which is what makes it worthless to anybody else; undefined for the ticket itself. */
  readonly traceId: string | undefined;
}

/** Longer texts are none of ours, and are not looked at. */
export const maxTicketLength = 512;
export const maxTicketRoute = 200;
export const maxTicketCount = 10_000;
/** The longest that one may be good. */
export const maxTicketSeconds = 86_400;

/** `t1.<id>.<count>.<from>.<until>.<route>.<signature>`, and what goes on with a trace: `h1.<id>.<count>.<from>.<until>.<trace>.<signature>`. */
const form = /^([th])1\.([0-9a-f]{24})\.(\d{1,5})\.(\d{1,10})\.(\d{1,10})\.([\w-]{1,300})\.([\w-]{43})$/;
const traceIdForm = /^[0-9a-f]{32}$/;

/** Writes a ticket and signs all of it. */
export function writeTicket(ticket: Ticket, secret: string): string {
  const { id, count, from, until, route, traceId } = ticket;
  const kind = traceId === undefined ? "t1" : "h1";
  const about = traceId ?? Buffer.from(route ?? "*").toString("base64url");
  const signed = `${kind}.${id}.${count}.${from}.${until}.${about}`;
  return `${signed}.${signatureOf(signed, secret)}`;
}

/** Reads the form alone; undefined for what no ticket looks like. Nothing of it is to be believed before {@link isSigned} has answered yes. */
export function parseTicket(text: string): Ticket | undefined {
  if (text.length > maxTicketLength) return undefined;
  const [, kind, id = "", count = "", from = "", until = "", about = ""] = form.exec(text) ?? [];
  if (kind === undefined || (kind === "h" && !traceIdForm.test(about))) return undefined;
  return {
    id,
    count: Number(count),
    from: Number(from),
    until: Number(until),
    route: kind === "t" ? Buffer.from(about, "base64url").toString() : undefined,
    traceId: kind === "h" ? about : undefined,
  };
}

/** Whether one of the secrets has signed it. The signatures are compared as texts: there are several that decode to the same bytes. */
export function isSigned(text: string, secrets: readonly string[]): boolean {
  const end = text.lastIndexOf(".");
  const signed = text.slice(0, end);
  const given = Buffer.from(text.slice(end + 1));
  let isOurs = false;
  for (const secret of secrets) {
    const right = Buffer.from(signatureOf(signed, secret));
    if (given.length === right.length && builtin("node:crypto").timingSafeEqual(given, right)) isOurs = true;
  }
  return isOurs;
}

function signatureOf(signed: string, secret: string): string {
  return builtin("node:crypto").createHmac("sha256", secret).update(`gossamer-ticket ${signed}`).digest("base64url");
}

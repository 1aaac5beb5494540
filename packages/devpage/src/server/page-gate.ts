import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Allow, callerGate } from "@gossamer/core/adapter";
import { tokenHeader } from "../protocol.ts";

/** Why a request is not answered: a status and what to do. */
export interface Refused {
  readonly status: number;
  readonly error: string;
}

export interface PageGateSettings {
  readonly allow: Allow<IncomingMessage>;
  readonly readOnly: boolean;
  readonly token: string;
}

/** Who may look, and who may change something. */
export class PageGate {
  readonly #allows: (request: IncomingMessage) => boolean;
  readonly #settings: PageGateSettings;

  constructor(settings: PageGateSettings) {
    this.#settings = settings;
    this.#allows = callerGate(settings.allow);
  }

  /**
   * What a page of another site asks for in a browser on this machine is nobody's, whatever it asks for. Only a link of it may lead to the page itself.
   *
   * @param isDocument whether the page itself is asked for
   */
  refusesRead(request: IncomingMessage, isDocument: boolean): Refused | undefined {
    if (!this.#allows(request))
      return { status: 403, error: "Only this machine may look, by localhost or 127.0.0.1 and through no proxy." };
    const site = request.headers["sec-fetch-site"];
    if (site === undefined || site === "same-origin" || site === "none") return undefined;
    if (isDocument && isOpened(request)) return undefined;
    return { status: 403, error: "A page of another origin may not ask." };
  }

  refusesWrite(request: IncomingMessage): Refused | undefined {
    const { readOnly, token } = this.#settings;
    if (readOnly) return { status: 403, error: "This page changes nothing: it was opened with readOnly." };
    if (!isSameOrigin(request))
      return { status: 403, error: "A change must come from the page itself: of the same origin." };
    if (!isSame(request.headers[tokenHeader], token))
      return {
        status: 403,
        error: `A change must carry the token of api/state in ${tokenHeader}: load the page again.`,
      };
    const type = request.headers["content-type"] ?? "";
    if (!/^application\/json\s*(?:;|$)/i.test(type))
      return { status: 415, error: "A change must be application/json." };
    return undefined;
  }
}

/** By a link somewhere, in a tab of its own: no frame, image or script of another page. */
function isOpened({ headers, method }: IncomingMessage): boolean {
  return method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin } = headers;
  const host = headers.host ?? headers[":authority"];
  if (origin === undefined || typeof host !== "string" || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}

function isSame(given: unknown, token: string): boolean {
  if (typeof given !== "string") return false;
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

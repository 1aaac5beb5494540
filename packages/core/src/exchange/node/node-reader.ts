import type { IncomingMessage } from "node:http";
import type { RequestReader } from "../../model/request/request-reader.ts";
import { noRouteOptionsInUse } from "../../model/route.ts";

/** Reads the requests of `node:http`, `node:https` and `node:http2`. An adapter spreads it and puts its framework's own functions in. */
export const nodeReader: RequestReader<IncomingMessage> = {
  method: (request) => request.method ?? "",
  target: (request) => request.url ?? "",
  scheme: (request) => (isEncrypted(request) ? "https" : "http"),
  header: headerOf,
  clientAddress: (request) => request.socket?.remoteAddress,
  peerAddress: (request) => request.socket?.remoteAddress,
  peerPort: (request) => request.socket?.remotePort,
  httpVersion: (request) => (request.httpVersion === "2.0" ? "2" : request.httpVersion),
  stream: (request) => request,
  route: () => undefined,
  routeOptionsInUse: noRouteOptionsInUse,
};

/** A request that was built from the event of a function may have no raw list. */
function headerOf(request: IncomingMessage, name: string): string | undefined {
  const { rawHeaders }: Partial<IncomingMessage> = request;
  if (rawHeaders !== undefined && rawHeaders.length > 0) return rawHeader(rawHeaders, name);
  // Not before: Node makes the object of all headers when it is first read, which costs a request more than all that we do.
  const value = (request as Partial<IncomingMessage>).headers?.[name];
  return typeof value === "object" ? value.join(",") : value;
}

/**
 * A header by its lower-case name, repeated ones joined with a comma, read from the raw list.
 *
 * `request.headers` is built at its first reading; most requests of most services never need that, so we do not start it.
 */
function rawHeader(headers: readonly string[], name: string): string | undefined {
  const place = name === "host" ? 0 : name === "user-agent" ? 1 : name === "x-forwarded-for" ? 2 : notCommon;
  return place === notCommon ? lookFor(headers, name) : commonIn(headers)[place];
}

/** What every sampled request is asked for, and how most clients write it. */
const commonNames = ["host", "user-agent", "x-forwarded-for"];
const usualNames = ["Host", "User-Agent", "X-Forwarded-For"];
const notCommon = -1;
/** Of the request that was asked last. */
const common: (string | undefined)[] = commonNames.map(() => undefined);
let commonOf: readonly string[] = [];
let commonLength = 0;

/** Found in one pass, as they are asked for one after the other. A name is compared whole: each letter of a text that V8 knows nothing of is as dear. */
function commonIn(headers: readonly string[]): typeof common {
  if (headers === commonOf && headers.length === commonLength) return common;
  commonOf = headers;
  commonLength = headers.length;
  common.fill(undefined);
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!;
    const place = key.length === 4 ? 0 : key.length === 10 ? 1 : key.length === 15 ? 2 : notCommon;
    if (place !== notCommon && (key === usualNames[place] || isName(key, commonNames[place]!)))
      common[place] = joined(common[place], headers[i + 1]!);
  }
  return common;
}

function lookFor(headers: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!;
    if (key.length === name.length && isName(key, name)) found = joined(found, headers[i + 1]!);
  }
  return found;
}

function joined(found: string | undefined, value: string): string {
  return found === undefined ? value : `${found},${value}`;
}

/** Whether a header's name, in letters of any case, is one in lower-case letters of the same length. A copy in lower case would cost more than the look. */
function isName(key: string, name: string): boolean {
  if (key === name) return true;
  for (let i = 0; i < name.length; i++) {
    const code = key.charCodeAt(i);
    const lower = code >= 65 && code <= 90 ? code | 32 : code;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}

function isEncrypted(request: IncomingMessage): boolean {
  const socket = request.socket as { encrypted?: boolean } | undefined;
  return socket?.encrypted === true;
}

/**
 * Whether a listener on a request is that of Node's server itself, which waits for the end of each request whose response is over.
 *
 * It reads nothing; to bind a request for it would cost every request more than all else that is done for it.
 */
export function isServersOwn(event: string | symbol, listener: unknown): boolean {
  if (event !== "end") return false;
  if (listener === serversOwn) return true;
  if (typeof listener !== "function" || listener.name !== "clearIncoming") return false;
  serversOwn = listener;
  return true;
}

/** The one found last, as it is the same for all requests: to read the name of a function takes longer than to know it again. */
let serversOwn: unknown = Symbol("none yet");

import type { Outcome } from "../../model/request/outcome.ts";
import type { RequestStream } from "../../model/request/request-reader.ts";

/** Bytes of the bodies of one request as they were transferred, compressed if they were; undefined where nobody can tell. */
export interface BodySizes {
  readonly request: number | undefined;
  readonly response: number | undefined;
}

/** What is read of the response of `node:http` beyond `Outcome`. Its twin of HTTP/2 has no `_header`. */
interface SentResponse {
  readonly _header?: unknown;
  getHeader(name: string): unknown;
}

type Socket = NonNullable<RequestStream["socket"]>;

/** Measures the bodies of requests without reading or keeping any of them. */
export class BodyMeters {
  /** The request under way on each connection, to notice when another begins before it is over. */
  readonly #underWay = new WeakMap<Socket, BodyMeter>();

  begin(stream: RequestStream | undefined): BodyMeter | undefined {
    if (stream === undefined) return undefined;
    // The connection of HTTP/2 carries many streams: what it wrote says nothing of one.
    const socket = stream.httpVersionMajor < 2 ? (stream.socket ?? undefined) : undefined;
    const meter = new BodyMeter(stream, socket);
    if (socket !== undefined) {
      const other = this.#underWay.get(socket);
      if (other !== undefined && !other.isOver) other.sharesConnection = meter.sharesConnection = true;
      this.#underWay.set(socket, meter);
    }
    return meter;
  }
}

/**
 * The bodies of one request.
 *
 * A size is what `Content-Length` says where that was kept, else what went over the connection: of the request the parts of its body as they
 * came in, of the response all that was written behind its head, the framing of chunks counted in.
 */
export class BodyMeter {
  /** Pipelined: what the connection wrote is not this response's alone. */
  sharesConnection = false;
  isOver = false;
  #stream: RequestStream | undefined;
  readonly #socket: Socket | undefined;
  readonly #writtenBefore: number | undefined;
  readonly #hasBody: boolean;
  #received = 0;
  #counts = false;

  constructor(stream: RequestStream, socket: Socket | undefined) {
    this.#stream = stream;
    this.#socket = socket;
    this.#writtenBefore = socket?.bytesWritten;
    this.#hasBody = hasBody(stream);
    if (this.#hasBody) this.#countParts(stream);
  }

  /** The sizes once the response is over. */
  sizes(outcome: Outcome, method: string): BodySizes {
    const stream = this.#stream;
    // A connection that is kept alive remembers its last meter, which must not hold its last request.
    this.#stream = undefined;
    this.isOver = true;
    if (stream === undefined) return { request: undefined, response: undefined };
    if (this.#counts) Reflect.deleteProperty(stream, "push");
    return { request: this.#requestSize(stream), response: this.#responseSize(outcome, method) };
  }

  #requestSize({ complete, headers, httpVersionMajor }: RequestStream): number | undefined {
    if (!this.#hasBody) return 0;
    const declared = lengthOf(headers["content-length"]);
    // What came before this meter was there is not in the count, so a length that was kept is the better answer. HTTP/2 calls an aborted
    // request complete as well.
    return complete && httpVersionMajor < 2 && declared !== undefined ? declared : this.#received;
  }

  #responseSize(outcome: Outcome, method: string): number | undefined {
    const { statusCode, completed } = outcome;
    const response: SentResponse | undefined = outcome.response;
    if (statusCode === undefined || response === undefined) return undefined;
    if (method === "HEAD" || statusCode === 204 || statusCode === 304) return 0;
    const head = typeof response._header === "string" ? response._header : undefined;
    const declared = lengthOf(
      head === undefined ? response.getHeader("content-length") : contentLength.exec(head)?.[1],
    );
    if (completed && declared !== undefined) return declared;
    const written = this.#socket?.bytesWritten;
    if (head === undefined || written === undefined || this.#writtenBefore === undefined || this.sharesConnection) {
      return undefined;
    }
    return Math.max(0, written - this.#writtenBefore - head.length);
  }

  /**
   * Counts the parts of the body as Node's parser hands them over, whether or not somebody reads them.
   *
   * A property of this one request, that no enumeration shows and that goes with its end: a listener for its data would start the flow.
   */
  #countParts(stream: RequestStream): void {
    const { push } = stream;
    if (typeof push !== "function" || Object.hasOwn(stream, "push")) return;
    this.#counts = true;
    const add = (bytes: number): void => {
      this.#received += bytes;
    };
    Object.defineProperty(stream, "push", {
      configurable: true,
      enumerable: false,
      writable: true,
      value(this: unknown, ...given: unknown[]): unknown {
        const [part] = given;
        if (part instanceof Uint8Array) add(part.length);
        return Reflect.apply(push, this, given);
      },
    });
  }
}

const contentLength = /\r\ncontent-length: *(\d{1,15})\r\n/i;

/** RFC 9112 §6.3: without either header a request has none. A request of HTTP/2 needs neither, and says with its headers whether it is over. */
function hasBody({ headers, httpVersionMajor, stream }: RequestStream): boolean {
  if (httpVersionMajor >= 2) return stream?.endAfterHeaders !== true;
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

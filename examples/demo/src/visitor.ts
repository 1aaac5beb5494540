import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { statusGroup, type Ledger } from "./ledger.ts";

/** One request of a visitor. */
export interface Visit {
  readonly method?: string;
  /** As the telemetry should name it; undefined where the shop has no such route. */
  readonly route: string | undefined;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Goes away before the end: while the answer is awaited, in the middle of the body, or (`stream`) from a stream that has no end.
   * `afterMs` counts from the sending, or from the head of the answer. A visitor whose moment has passed stays.
   */
  readonly leave?: { readonly when: "waiting" | "body" | "stream"; readonly afterMs: number };
}

export interface Reply {
  /** Undefined when the visitor left before the head of the answer. */
  readonly status: number | undefined;
  readonly body: string;
}

const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"]);
const keptBodyBytes = 4_096;

/**
 * How late a leaving visitor may be. A report takes 1,200 ms and an export 250, so what leaves within this time cannot have been answered
 * in full meanwhile, and the ledger knows how the request ended without asking the shop.
 */
const latestLeaveMs = { waiting: 900, body: 150, stream: Number.POSITIVE_INFINITY };

/** Which shop they visit. */
export interface ShopAddress {
  readonly service: string;
  readonly port: number;
}

/** Sends visits over connections that are kept alive, and writes each down in the ledger. */
export class Visitors {
  readonly #service: string;
  readonly #port: number;
  readonly #ledger: Ledger;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #open = new Set<ClientRequest>();

  constructor({ service, port }: ShopAddress, ledger: Ledger) {
    this.#service = service;
    this.#port = port;
    this.#ledger = ledger;
  }

  /** How many visits have no end yet. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves when the visit is over, also when it broke; never rejects. */
  visit(visit: Visit): Promise<Reply> {
    const { method = "GET", body } = visit;
    const ledger = this.#ledger;
    ledger.sent++;
    return new Promise((resolve) => {
      const request = httpRequest({
        port: this.#port,
        host: "127.0.0.1",
        agent: this.#agent,
        method,
        path: visit.path,
        headers: {
          "user-agent": "demo-visitor",
          ...visit.headers,
          ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
        },
      });
      this.#open.add(request);
      let over = false;
      const end = (reply: Reply): void => {
        if (over) return;
        over = true;
        this.#open.delete(request);
        ledger.add({
          service: this.#service,
          method: knownMethods.has(method) ? method : "_OTHER",
          route: visit.route,
          group: reply.status === undefined ? undefined : statusGroup(reply.status),
        });
        resolve(reply);
      };
      const leave = (reply: Reply): void => {
        ledger.left++;
        end(reply);
        request.destroy();
      };
      const breakOff = (why: string): void => {
        if (over) return;
        over = true;
        this.#open.delete(request);
        ledger.broken.push(`${method} ${visit.path}: ${why}`);
        resolve({ status: undefined, body: "" });
      };
      request.once("error", (error) => breakOff(error.message));
      if (visit.leave?.when === "waiting") {
        // After `finish` the whole request is with the kernel, which delivers it before it says that the connection ended.
        request.once("finish", () => atMoment(visit.leave, request, () => leave({ status: undefined, body: "" })));
      }
      request.once("response", (response) => {
        const status = response.statusCode ?? 0;
        if (visit.leave !== undefined && visit.leave.when !== "waiting") {
          response.once("data", () => atMoment(visit.leave, response, () => leave({ status, body: "" })));
        }
        collect(response, (text) => end({ status, body: text }));
        response.once("error", (error) => breakOff(error.message));
      });
      request.end(body);
    });
  }

  /** Frees the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** Cuts everything that is open, for an end before the end. */
  abandon(): void {
    for (const request of this.#open) request.destroy();
    this.#agent.destroy();
  }
}

/** Runs `leave` when the moment comes, unless the visit is over by then or the moment came too late. */
function atMoment(when: Visit["leave"], visit: ClientRequest | IncomingMessage, leave: () => void): void {
  if (when === undefined) return;
  const startedAt = performance.now();
  const timer = setTimeout(() => {
    if (performance.now() - startedAt <= latestLeaveMs[when.when]) leave();
  }, when.afterMs);
  visit.once("close", () => clearTimeout(timer));
}

function collect(response: IncomingMessage, end: (text: string) => void): void {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (part: string) => {
    if (text.length < keptBodyBytes) text += part;
  });
  response.once("end", () => end(text));
}

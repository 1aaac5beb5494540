import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { createGzip, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { metricsIn, pointsOf } from "../../metrics/testing/test-metrics.ts";
import { attributesOf, testHost } from "../../testing/test-exchange.ts";
import { BodyMeters } from "./body-meter.ts";
import { Exchange } from "../exchange.ts";
import { nodeReader } from "../node/node-reader.ts";
import { nodeOutcome } from "../node/node-response.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Sizes = readonly [request: unknown, response: unknown];

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Service {
  readonly port: number;
  /** The sizes on the spans of so many requests, in the order they ended. */
  sizes(requests: number): Promise<Sizes[]>;
  readonly metrics: ReturnType<typeof testHost>["metrics"];
}

function observe(handle: Handler): { listen: Handler; sizes: Service["sizes"]; metrics: Service["metrics"] } {
  const { host, written, metrics } = testHost({ sampler: () => true, change: { bodies: new BodyMeters() } });
  const waiting: (() => void)[] = [];
  return {
    metrics,
    listen(request, response) {
      const exchange = new Exchange(host, request, nodeReader as never);
      response.on("close", () => {
        exchange.end(nodeOutcome(response));
        for (const wake of waiting.splice(0)) wake();
      });
      exchange.run(() => handle(request, response));
    },
    async sizes(requests) {
      while (written.length < requests) await new Promise<void>((resolve) => waiting.push(resolve));
      expect(written).toHaveLength(requests);
      return written.map((span) => {
        const attributes = attributesOf(span);
        return [attributes["http.request.body.size"], attributes["http.response.body.size"]];
      });
    },
  };
}

async function serve(handle: Handler): Promise<Service> {
  const { listen, sizes, metrics } = observe(handle);
  const server: Server = createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sizes, metrics };
}

async function raw(port: number, ...texts: readonly (string | Buffer)[]): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  closing.push(() => socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "connect");
  for (const text of texts) {
    socket.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return socket;
}

async function send(
  port: number,
  {
    method = "POST",
    headers = {},
    parts = [],
  }: { method?: string; headers?: Record<string, string>; parts?: readonly Buffer[] },
): Promise<string> {
  const request = httpRequest({ port, host: "127.0.0.1", method, headers, agent: false });
  for (const part of parts) request.write(part);
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const part of response) text += String(part);
  return text;
}

const read: Handler = (request, response) => {
  request.resume();
  request.on("end", () => response.end("done"));
};

describe("the request's body", () => {
  test("is as long as its header says (R-L3)", async () => {
    const { port, sizes } = await serve(read);
    await send(port, { headers: { "content-length": "5" }, parts: [Buffer.from("hello")] });
    expect(await sizes(1)).toEqual([[5, 4]]);
  });

  test("that comes in chunks is counted without their framing (R-L3)", async () => {
    const { port, sizes } = await serve(read);
    await send(port, { headers: { "transfer-encoding": "chunked" }, parts: [Buffer.alloc(100_000), Buffer.alloc(23)] });
    expect(await sizes(1)).toEqual([[100_023, 4]]);
  });

  test("that is compressed counts as it was sent (R-L3)", async () => {
    const { port, sizes } = await serve(read);
    const body = gzipSync(Buffer.alloc(50_000));
    await send(port, { headers: { "content-encoding": "gzip", "transfer-encoding": "chunked" }, parts: [body] });
    expect(await sizes(1)).toEqual([[body.length, 4]]);
  });

  test("is 0 where there is none (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) => response.end());
    await send(port, { method: "GET" });
    await send(port, { headers: { "content-length": "0" } });
    expect(await sizes(2)).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test("that breaks off is as long as what came (R-L3)", async () => {
    const { port, sizes } = await serve((request) => request.resume());
    const socket = await raw(port, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n12345", "67890");
    setTimeout(() => socket.destroy(), 20);
    expect(await sizes(1)).toEqual([[10, undefined]]);
  });

  test("is not read by us: where the handler does not, it stays in the connection (R-L3)", async () => {
    let flowing: boolean | null | undefined;
    const { port, sizes } = await serve((request, response) => {
      flowing = request.readableFlowing;
      expect([Object.keys(request).includes("push"), request.listenerCount("data")]).toEqual([false, 0]);
      response.end("no");
    });
    await send(port, { headers: { "content-length": "3" }, parts: [Buffer.from("abc")] });
    expect(flowing).toBeNull();
    expect((await sizes(1))[0]?.[1]).toBe(2);
  });

  test("reaches the handler unchanged, and the request is as it was once it is over (R-L3)", async () => {
    let own: boolean | undefined;
    const { port, sizes } = await serve((request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (part: string) => (text += part));
      request.on("end", () => response.end(text));
      response.on("close", () => (own = Object.hasOwn(request, "push")));
    });
    const body = Buffer.from("grüße ".repeat(10_000));
    const answer = await send(port, { headers: { "transfer-encoding": "chunked" }, parts: [body] });
    expect(answer).toBe(body.toString());
    expect(await sizes(1)).toEqual([[body.length, expect.any(Number)]]);
    expect(own).toBe(false);
  });
});

describe("the response's body", () => {
  test.for<[what: string, handle: Handler, size: number]>([
    ["in one piece", (_request, response) => response.end("grüße"), 7],
    [
      "with a length of its own",
      (_request, response) => response.writeHead(200, { "Content-Length": 5 }).end("hello"),
      5,
    ],
    ["of 204", (_request, response) => response.writeHead(204).end(), 0],
    ["of 304", (_request, response) => response.writeHead(304, { "content-length": "77" }).end(), 0],
  ])("%s (R-L3)", async ([, handle, size]) => {
    const { port, sizes } = await serve(handle);
    await send(port, { method: "GET" });
    expect(await sizes(1)).toEqual([[0, size]]);
  });

  test("of a HEAD request has no bytes, whatever its header promises (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) =>
      response.writeHead(200, { "content-length": "500" }).end(),
    );
    await send(port, { method: "HEAD" });
    expect(await sizes(1)).toEqual([[0, 0]]);
  });

  test("in chunks is what went over the connection, their framing counted in (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) => {
      response.write("a".repeat(1_000));
      response.write("b".repeat(16));
      response.end();
    });
    await send(port, { method: "GET" });
    // 3e8 CRLF 1000 CRLF, 10 CRLF 16 CRLF, 0 CRLF CRLF
    expect(await sizes(1)).toEqual([[0, 1_007 + 22 + 5]]);
  });

  test("that is compressed counts as it was sent (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) => {
      response.setHeader("content-encoding", "gzip");
      const gzip = createGzip();
      pipeline(gzip, response, () => {});
      gzip.end(Buffer.alloc(1_000_000));
    });
    await send(port, { method: "GET" });
    const [[, size] = []] = await sizes(1);
    expect(Number(size)).toBeGreaterThan(500);
    expect(Number(size)).toBeLessThan(5_000);
  });

  test("of each request on a kept connection is its own (R-L3)", async () => {
    let served = 0;
    const { port, sizes } = await serve((request, response) => {
      request.resume();
      served++;
      for (let i = 0; i < served; i++) response.write("x".repeat(10));
      response.end();
    });
    const socket = await raw(port);
    for (let i = 1; i <= 3; i++) {
      socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
      await sizes(i);
    }
    expect(await sizes(3)).toEqual([
      [0, 15 + 5],
      [0, 30 + 5],
      [0, 45 + 5],
    ]);
  });

  test("in chunks on a pipelined connection is left out rather than guessed (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) => {
      response.write("x");
      setTimeout(() => response.end("y"), 10);
    });
    const one = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    await raw(port, one + one);
    expect(await sizes(2)).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
  });

  test("that is cut off is what had been written (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("x".repeat(100), () => response.destroy());
    });
    await raw(port, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(await sizes(1)).toEqual([[0, 100]]);
  });

  test("of which no head was sent has no size (R-L3)", async () => {
    const { port, sizes } = await serve((_request, response) => void response.destroy());
    await raw(port, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(await sizes(1)).toEqual([[0, undefined]]);
  });
});

test("over HTTP/2 the request's body is counted, the response's is what its header says (R-L3)", async () => {
  const { listen, sizes } = observe((request, response) => {
    request.resume();
    request.on("end", () => {
      if (request.method === "POST") response.setHeader("content-length", "4");
      response.end("done");
    });
  });
  const server = createHttp2Server(listen as never);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(() => {
    session.destroy();
    server.close();
  });
  for (const [method, body] of [
    ["POST", Buffer.alloc(70_000)],
    ["GET", undefined],
  ] as const) {
    const stream = session.request({ ":method": method, ":path": "/" }, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    stream.resume();
    await once(stream, "end");
  }
  expect(await sizes(2)).toEqual([
    [70_000, 4],
    [0, undefined],
  ]);
});

test("sizes are histograms in bytes as well, by route and status, and only where they are known (R-L3)", async () => {
  const { port, sizes, metrics } = await serve(read);
  await send(port, { headers: { "content-length": "5" }, parts: [Buffer.from("hello")] });
  await sizes(1);
  for (const [name, sum] of [
    ["http.server.request.body.size", 5],
    ["http.server.response.body.size", 4],
  ] as const) {
    expect(pointsOf(metrics, name)).toMatchObject([
      { count: 1, sum, attributes: { "http.request.method": "POST", "http.response.status_group": "2xx" } },
    ]);
  }
  expect(metricsIn(metrics.reader("cumulative").collect()).filter(({ unit }) => unit === "By")).toHaveLength(2);
});

test("nobody who did not ask for sizes pays for them: the request's headers are not even built (R-L3)", () => {
  const { begin, metrics } = testHost();
  let looked = 0;
  const exchange = begin({}, { stream: () => (looked++, undefined) });
  exchange.end({ statusCode: 200, completed: true });
  expect(looked).toBe(0);
  expect(pointsOf(metrics, "http.server.request.body.size")).toEqual([]);
});

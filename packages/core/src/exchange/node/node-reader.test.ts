import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { type AddressInfo, connect } from "node:net";
import { describe, expect, test } from "vitest";
import { isServersOwn, nodeReader } from "./node-reader.ts";

/** What the reader says of a request that came over a real socket, and whether Node had to build its own header object for it. */
async function read<T>(raw: string, look: (request: IncomingMessage) => T): Promise<T> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(raw);
  const [incoming, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  const seen = look(incoming);
  response.end();
  socket.destroy();
  server.closeAllConnections();
  server.close();
  return seen;
}

test("a header is found in whatever case it was sent, and repeated ones are joined in their order (R-L4)", async () => {
  const raw =
    "GET /x?y HTTP/1.1\r\nHost: shop\r\nX-One: 1\r\nBAGGAGE: a=1\r\nx-one: 2\r\nbaggage: b=2\r\nEmpty:\r\n\r\n";
  const names = ["host", "x-one", "baggage", "empty", "absent", "__proto__"];
  const found = await read(raw, (incoming) => names.map((name) => nodeReader.header(incoming, name)));
  expect(found).toEqual(["shop", "1,2", "a=1,b=2", "", undefined, undefined]);
});

test("the headers that every trace looks for are found in any spelling, joined, and those of this request (R-L4)", () => {
  const readCommon = (rawHeaders: string[]): (string | undefined)[] =>
    ["host", "user-agent", "x-forwarded-for"].map((name) =>
      nodeReader.header({ rawHeaders } as unknown as IncomingMessage, name),
    );
  const parts = ["192.0.2.1", "192.0.2.2"];
  expect(readCommon(["HOST", "a", "Connection", "close", "uSER-aGENT", "b", "X-Forwarded-FOR", parts[0]!])).toEqual([
    "a",
    "b",
    parts[0],
  ]);
  expect(readCommon(["host", "c", "x-forwarded-for", parts[0]!, "X-Forwarded-For", parts[1]!])).toEqual([
    "c",
    undefined,
    parts.join(","),
  ]);
  const added = ["User-Agent", "d", "Hose", "e"];
  expect(readCommon(added)).toEqual([undefined, "d", undefined]);
  added.push("Host", "f");
  expect(readCommon(added)).toEqual(["f", "d", undefined]);
});

test("Node is not made to build the object of all headers for a request that has a raw list (R-O8)", () => {
  const request = {
    rawHeaders: ["Host", "shop"],
    get headers(): never {
      throw new Error("built");
    },
  } as unknown as IncomingMessage;
  expect(nodeReader.header(request, "host")).toBe("shop");
  expect(nodeReader.header(request, "traceparent")).toBeUndefined();
});

test("a value that looks like a header's name is not one (R-L4)", async () => {
  const raw = "GET / HTTP/1.1\r\nHost: shop\r\nX-One: traceparent\r\nX-Two: v\r\n\r\n";
  expect(await read(raw, (incoming) => nodeReader.header(incoming, "traceparent"))).toBeUndefined();
});

test("the rest of a request is read as it was sent (R-I1)", async () => {
  const raw = "PROPFIND //x@y?q HTTP/1.1\r\nHost: shop\r\n\r\n";
  const found = await read(raw, (incoming) => [
    nodeReader.method(incoming),
    nodeReader.target(incoming),
    nodeReader.scheme(incoming),
    nodeReader.httpVersion(incoming),
    nodeReader.clientAddress(incoming),
    nodeReader.peerAddress(incoming),
    typeof nodeReader.peerPort(incoming),
    nodeReader.route(incoming),
  ]);
  expect(found).toEqual(["PROPFIND", "//x@y?q", "http", "1.1", "127.0.0.1", "127.0.0.1", "number", undefined]);
});

test("a request without a socket is read without a throw (R-P5)", () => {
  const bare = {
    method: undefined,
    url: undefined,
    rawHeaders: [],
    httpVersion: "2.0",
    socket: undefined,
  } as unknown as IncomingMessage;
  expect([
    nodeReader.method(bare),
    nodeReader.target(bare),
    nodeReader.scheme(bare),
    nodeReader.clientAddress(bare),
    nodeReader.peerAddress(bare),
    nodeReader.peerPort(bare),
    nodeReader.httpVersion(bare),
    nodeReader.header(bare, "host"),
  ]).toEqual(["", "", "http", undefined, undefined, undefined, "2", undefined]);
});

/** What Node's server listens to on requests whose response is over before their body was read. */
async function serversListeners(requests: number): Promise<{ event: string; listener: () => void }[]> {
  const found: { event: string; listener: () => void }[] = [];
  const server = createServer((request, response) => {
    const { on } = request;
    request.on = function (this: IncomingMessage, event: string, listener: () => void) {
      found.push({ event, listener });
      return Reflect.apply(on, this, [event, listener]) as never;
    } as never;
    response.end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let i = 0; i < requests; i++) await (await fetch(url, { method: "POST", body: "body" })).text();
  server.closeAllConnections();
  server.close();
  return found;
}

describe("the listener of Node's server itself", () => {
  test("is known on each request of a real server, and is one for all of them (R-P5)", async () => {
    const found = await serversListeners(3);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(new Set(found.map(({ listener }) => listener)).size).toBe(1);
    for (const { event, listener } of found) expect(isServersOwn(event, listener)).toBe(true);
  });

  test("is known again by what it is, not by its name (R-P5)", () => {
    const first = function clearIncoming(): void {};
    const second = function clearIncoming(): void {};
    let readNames = 0;
    Object.defineProperty(first, "name", { get: () => (readNames++, "clearIncoming") });
    expect([1, 2, 3].map(() => isServersOwn("end", first))).toEqual([true, true, true]);
    expect(readNames).toBe(1);
    // Where a process has two copies of Node's server, each has its own.
    expect(isServersOwn("end", second)).toBe(true);
    expect(isServersOwn("end", first)).toBe(true);
    expect(readNames).toBe(2);
  });

  test("is no other function and nothing else, before one was found and after (R-P5)", () => {
    const own = function clearIncoming(): void {};
    const clearIncomingToo = (): void => {};
    const others = [clearIncomingToo, () => {}, own.bind(undefined), { name: "clearIncoming" }, "clearIncoming", null];
    const seen = (): boolean[] => others.map((other) => isServersOwn("end", other));
    expect(seen()).toEqual(others.map(() => false));
    expect(isServersOwn("end", own)).toBe(true);
    expect(seen()).toEqual(others.map(() => false));
    expect(isServersOwn("end", own)).toBe(true);
  });

  test("is not what listens to another event, of its name or the very same (R-P5)", () => {
    const own = function clearIncoming(): void {};
    expect(isServersOwn("end", own)).toBe(true);
    for (const event of ["data", "close", "End", "", Symbol("end")]) expect(isServersOwn(event, own)).toBe(false);
  });
});

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { nodeReader } from "./node-reader.ts";

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

import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Work } from "./in-slices.ts";
import type { Rejected } from "./otlp-answer.ts";
import { OtlpReceiver } from "./otlp-receiver.ts";

function* takeAll(): Work<Rejected> {
  yield;
  return { count: 0, message: "" };
}

let server: Server;
let receiver: OtlpReceiver;
let url: string;
beforeEach(async () => {
  receiver = new OtlpReceiver({ take: takeAll, isLocal: true, bodyMs: 300 });
  server = createServer((request, response) => receiver.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends a part of a body, and nothing behind it. */
function begin(part: Buffer, encoding: string): Promise<number | undefined> {
  const headers = { "content-type": "application/json", "content-encoding": encoding, "content-length": 1_000 };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: "POST", headers, agent: false }, (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    request.on("error", reject);
    request.write(part);
  });
}

async function send(body: Buffer, encoding: string): Promise<number> {
  const headers = { "content-type": "application/json", "content-encoding": encoding };
  return (await fetch(url, { method: "POST", headers, body: body as BodyInit })).status;
}

test("a body that does not arrive in time is answered 408, and holds the place of no other any longer (R-D3)", async () => {
  const packed = gzipSync("{}");
  const begun = Array.from({ length: 16 }, (_, i) =>
    i % 2 === 0 ? begin(Buffer.from("{"), "identity") : begin(packed.subarray(0, 5), "gzip"),
  );
  await expect.poll(() => receiver.view().reading.bytes).toBeGreaterThan(0);
  expect(await send(Buffer.from("{}"), "identity")).toBe(503);
  expect(await Promise.all(begun)).toEqual(begun.map(() => 408));
  expect(await send(Buffer.from("{}"), "identity")).toBe(200);
  expect(receiver.view()).toMatchObject({ requests: 1, refused: { "too-slow": 16, busy: 1 }, reading: { bytes: 0 } });
});

test("the name of a compression is read in any case, and x-gzip is gzip (R-D3)", async () => {
  for (const name of ["gzip", "GZIP", "x-gzip", "X-GZip"]) expect(await send(gzipSync("{}"), name), name).toBe(200);
  expect(await send(Buffer.from("{}"), "Identity")).toBe(200);
  expect(await send(Buffer.from("{}"), "br")).toBe(415);
});

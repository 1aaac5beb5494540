import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeTraceRequest, type ReceivedSpan } from "@gossamer/testing";

export interface TlsCollector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  close(): void;
}

/** The path of a PEM file of the tests. */
export function pemPath(name: string): string {
  return join(import.meta.dirname, "../fixtures/tls", `${name}.pem`);
}

/** Accepts everything, from clients that show a certificate of our authority. */
export async function startTlsCollector(): Promise<TlsCollector> {
  const [cert, key, ca] = ["server-cert", "server-key", "ca-cert"].map((name) => readFileSync(pemPath(name)));
  const spans: ReceivedSpan[] = [];
  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      spans.push(...decodeTraceRequest(gunzipSync(Buffer.concat(parts))));
      response.end();
    });
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

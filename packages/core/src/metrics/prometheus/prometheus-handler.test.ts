import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  createPrometheusHandler,
  type PrometheusHandlerSettings,
  type PrometheusResponse,
} from "./prometheus-handler.part.ts";
import { busyMetrics } from "../testing/test-metrics.ts";

const { metrics } = busyMetrics();
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(settings: Partial<PrometheusHandlerSettings<IncomingMessage>> = {}): Promise<number> {
  const handler = createPrometheusHandler<IncomingMessage>({
    reader: metrics.reader("cumulative"),
    ...settings,
  });
  const server = createServer({ maxHeaderSize: 100_000 }, handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function exchangeBytes(port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(answer));
    socket.end(head);
  });
}

function ask(port: number, method: string, target = "/metrics"): Promise<string> {
  return exchangeBytes(port, `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
}

/** What the handler answers to a peer that a test on one machine cannot be. */
function statusFor(remoteAddress: string | undefined): number {
  const response: PrometheusResponse = { statusCode: 0, headersSent: false, setHeader() {}, end() {} };
  createPrometheusHandler({ reader: metrics.reader("cumulative") })(
    { method: "GET", socket: { remoteAddress }, headers: { host: "localhost:9464" } },
    response,
  );
  return response.statusCode;
}

test("GET answers the text with the media type of the format (R-M4)", async () => {
  const answer = await ask(await serve(), "GET");
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain("content-type: text/plain; version=0.0.4; charset=utf-8\r\n");
  expect(answer).toContain("\r\n\r\n# HELP target_info");
  expect(answer).toContain("http_server_request_duration_seconds_count{");
});

test("HEAD answers the same head and no body (R-M4)", async () => {
  const answer = await ask(await serve(), "HEAD");
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/content-length: [1-9]\d*\r\n/);
  expect(answer.endsWith("\r\n\r\n")).toBe(true);

  // Node drops a body that a handler gives to HEAD; other servers need not.
  const bodies: unknown[] = [];
  const response: PrometheusResponse = {
    statusCode: 0,
    headersSent: false,
    setHeader() {},
    end: (body) => bodies.push(body),
  };
  const handler = createPrometheusHandler({ reader: metrics.reader("cumulative") });
  handler({ method: "HEAD", socket: { remoteAddress: "::1" }, headers: { host: "[::1]" } }, response);
  expect(bodies).toEqual([undefined]);
});

test.for(["POST", "PUT", "DELETE", "OPTIONS", "QUERY"])(
  "%s is refused with the methods that are allowed (R-M4)",
  async (method) => {
    const answer = await ask(await serve(), method);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toContain("allow: GET, HEAD\r\n");
    expect(answer).not.toContain("http_server");
  },
);

test("a peer on the same machine is served, one from elsewhere is not (R-M4)", () => {
  for (const peer of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]) expect(statusFor(peer), peer).toBe(200);
  for (const peer of ["10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1.evil.test", "fe80::1", "1::1", "", undefined]) {
    expect(statusFor(peer), peer).toBe(403);
  }
});

/** What the handler answers over a socket of this machine to a request with these headers. */
async function statusWith(
  headers: string,
  allow?: PrometheusHandlerSettings<IncomingMessage>["allow"],
): Promise<number> {
  const port = await serve({ allow });
  return Number(
    (await exchangeBytes(port, `GET /metrics HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)).slice(9, 12),
  );
}

test.each([
  "x-forwarded-for: 192.0.2.1",
  "X-Forwarded-For: 127.0.0.1",
  "x-forwarded-host: localhost",
  "Forwarded: for=192.0.2.1",
  "x-real-ip: 192.0.2.1",
  "Via: 1.1 nginx",
  "x-envoy-external-address: 192.0.2.1",
  "x-vercel-forwarded-for: 192.0.2.1",
  "fastly-client-ip: 192.0.2.1",
  "do-connecting-ip: 192.0.2.1",
  "x-original-forwarded-for: 192.0.2.1",
  "CloudFront-Viewer-Address: 192.0.2.1:80",
  "x-azure-clientip: 192.0.2.1",
])("a proxy on the same machine (%s) is refused, unless allow says otherwise (D1)", async (header) => {
  expect(await statusWith(`Host: localhost\r\n${header}\r\n`)).toBe(403);
  expect(await statusWith(`Host: localhost\r\n${header}\r\n`, "any")).toBe(200);
  expect(await statusWith(`Host: localhost\r\n${header}\r\n`, () => true)).toBe(200);
});

test.each<[string, number]>([
  ["localhost", 200],
  ["LOCALHOST:9464", 200],
  ["127.0.0.1", 200],
  ["127.0.0.1:80", 200],
  ["[::1]", 200],
  ["[::1]:3000", 200],
  ["service.example", 403],
  ["localhost.service.example", 403],
  ["localhost:80:80", 403],
  ["127.0.0.1.nip.io", 403],
  ["192.168.0.7:3000", 403],
  ["[::1", 403],
  ["", 403],
])(
  "a request that is sent to the host '%s' gets %i from this machine, so that a page which names it as its own reads nothing (D1)",
  async (host, status) => {
    expect(await statusWith(`Host: ${host}\r\n`)).toBe(status);
  },
);

test('allow: "any" serves everybody, a function decides, and one that throws or answers no boolean refuses (R-M4)', async () => {
  const status = async (allow: PrometheusHandlerSettings<IncomingMessage>["allow"]): Promise<string> =>
    (await ask(await serve({ allow }), "GET")).slice(9, 12);
  expect(await status("any")).toBe("200");
  expect(await status((request) => request.headers.host === "localhost")).toBe("200");
  expect(await status((request) => request.headers.host === "b")).toBe("403");
  expect(await status((() => "yes") as unknown as () => boolean)).toBe("403");
  const refusing = await serve({
    allow: () => {
      throw new Error("secret");
    },
  });
  const answer = await ask(refusing, "GET");
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).not.toContain("secret");
});

test.for(["http://", "*", "//x@y", "//todo@txt", "/%", "/%00%zz", `/${"a".repeat(65_536)}`])(
  "the malformed target %.20s is answered like any other (R-M4)",
  async (target) => {
    const port = await serve();
    expect(await ask(port, "GET", target)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(port, "GET")).toMatch(/^HTTP\/1\.1 200 /);
  },
);

test("a failure inside is a plain 500 without a stack, and is told (R-M4)", async () => {
  let failures = 0;
  const port = await serve({
    reader: {
      prepare: () => undefined,
      collect: () => {
        throw new Error("secret");
      },
    },
    failed: () => {
      failures++;
    },
  });
  const answer = await ask(port, "GET");
  expect(answer).toMatch(/^HTTP\/1\.1 500 /);
  expect(answer.endsWith("Internal Server Error\n")).toBe(true);
  expect(answer).not.toContain("secret");
  expect(failures).toBe(1);
});

test("a response that is already answered or broken is left alone, without an exception (R-M4)", () => {
  const broken: PrometheusResponse = {
    statusCode: 0,
    headersSent: false,
    setHeader() {
      throw new Error("gone");
    },
    end() {
      throw new Error("gone");
    },
  };
  const request = { method: "GET", socket: { remoteAddress: "::1" }, headers: { host: "[::1]" } };
  const handler = createPrometheusHandler({ reader: metrics.reader("cumulative") });
  expect(() => handler(request, broken)).not.toThrow();
  let ends = 0;
  const end = (): void => {
    ends++;
  };
  handler(request, { ...broken, headersSent: true, end });
  expect(ends).toBe(0);
});

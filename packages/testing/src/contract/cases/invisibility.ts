import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";
import { createFixture } from "../fixture/create-fixture.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { openRaw, rawExchange } from "../raw-client.ts";
import { fixtureApp } from "../fixture/fixture-app.ts";
import type { World } from "../world.ts";

const boundary = "----contract";

/** Requests for every route of the fixture that answers by itself, and for some that it does not have. */
const requests: readonly string[] = [
  ...[
    "/",
    "/items",
    "/items/7?x=1",
    "/orders/1/lines/2",
    "/status/204",
    "/status/304",
    "/status/404",
    "/status/418",
    "/status/500",
    "/status/503",
    "/moved",
    "/headers",
    "/empty",
    "/named",
    "/untraced",
    "/untraced/failing",
    "/health",
    "/health/failing",
    "/throw/sync",
    "/throw/async/3",
    "/throw/conflict",
    "/throw/annotated",
    "/children/3",
    "/nested",
    "/child-throws",
    "/ends",
    "/leak",
    "/annotated/lazily",
    "/chunked",
    "/destroyed",
    "/hung-up",
    "/early-hints",
    "/nowhere",
    "/%",
    "/items/%zz",
  ].map((path) => message("GET", path)),
  message("HEAD", "/items/7"),
  message("HEAD", "/chunked"),
  message("OPTIONS", "/items/7"),
  message("OPTIONS", "*"),
  message("DELETE", "/items/7"),
  message("PROPFIND", "/items/7"),
  message("PUT", "/items/7"),
  message("POST", "/echo", '{"a":[1,2]}', "Content-Type: application/json"),
  message("POST", "/echo", '{"a":', "Content-Type: application/json"),
  message("POST", "/echo", "x".repeat(200_000), "Content-Type: application/json"),
  message("POST", "/echo", '{"a":1}', "Content-Type: application/json", "Expect: 100-continue"),
  message("GET", "/items/7", undefined, "X-Before: child,flags,log,outgoing"),
  message("GET", "/items/7", undefined, 'If-None-Match: W/"a-XFp0R9ypQEXrFmNeXNQDcFKnLUI"'),
  message(
    "POST",
    "/context/multipart",
    `--${boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\na\r\n--${boundary}`,
    `Content-Type: multipart/form-data; boundary=${boundary}`,
  ),
];

/** The service is what it was. */
export const invisibilityCases: readonly ContractCase[] = [
  {
    title: "responses are the same to the byte as without telemetry: status line, header order, body (R-A1)",
    async run(world) {
      const bare = await startBare(world);
      try {
        for (const request of requests) {
          const expected = masked(await rawExchange(bare.port, request));
          const got = masked(await rawExchange(world.port, request));
          assert.equal(got, expected, request.slice(0, 200));
        }
      } finally {
        await bare.close();
      }
      await world.settle(world.fixture.handed);
    },
  },
  {
    title: "responses are the same as without telemetry when nothing is sampled (R-A1)",
    telemetry: { sampleRatio: 0 },
    async run(world) {
      const bare = await startBare(world);
      try {
        for (const request of requests.slice(0, 36)) {
          assert.equal(
            masked(await rawExchange(world.port, request)),
            masked(await rawExchange(bare.port, request)),
            request,
          );
        }
      } finally {
        await bare.close();
      }
    },
  },
  {
    title: "an event stream is sent part by part, as without telemetry (R-A1, R-M2)",
    async run(world) {
      const bare = await startBare(world);
      try {
        const received: string[] = [];
        for (const [port, fixture] of [
          [bare.port, bare.fixture],
          [world.port, world.fixture],
        ] as const) {
          const connection = await openRaw(port);
          connection.write(message("GET", "/events"));
          await connection.until("data: first");
          fixture.latches.open("events:end");
          received.push(masked(await connection.untilClosed()));
        }
        assert.equal(received[1], received[0]);
      } finally {
        await bare.close();
      }
      await world.settle(1);
    },
  },
  {
    title: "requests and responses get no property that can be seen, listed or copied (R-A1)",
    async run(world) {
      const bare = await startBare(world);
      try {
        const shape = message("GET", "/shape");
        const expected = await rawExchange(bare.port, shape);
        assert.match(expected, /"listed":/);
        assert.equal(masked(await rawExchange(world.port, shape)), masked(expected));
      } finally {
        await bare.close();
      }
      await world.settle(1);
    },
  },
  {
    title: "a request gets few of our listeners and never causes a warning about too many (R-A1)",
    async run(world) {
      const { send, settle } = world;
      const bare = await startBare(world);
      const warnings: string[] = [];
      const warned = (warning: Error): void => void warnings.push(warning.name);
      process.on("warning", warned);
      try {
        const expected = await rawExchange(bare.port, message("GET", "/listeners"));
        const bareCount = JSON.parse(expected.slice(expected.indexOf("\r\n\r\n") + 4)) as Record<string, number>;
        const ours = (await send("/listeners")).json<Record<string, number>>();
        for (const [name, count] of Object.entries(ours)) {
          assert.ok(count - (bareCount[name] ?? 0) <= 1, `${name}: ${count} instead of ${bareCount[name]}`);
        }
        await settle(1);
        assert.deepEqual(warnings, []);
      } finally {
        process.off("warning", warned);
        await bare.close();
      }
    },
  },
];

function message(method: string, path: string, body?: string, ...headers: string[]): string {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [
    `${method} ${path} HTTP/1.1`,
    "Host: shop.example",
    "Connection: close",
    ...headers,
    ...length,
    "",
    body ?? "",
  ].join("\r\n");
}

const stackFrames = /(?:<br>|\n) (?:&nbsp; &nbsp;|   )at .*?(?=<\/pre>|$)/gs;

/** Only the clock may differ, and the frames of a stack that an error page of development shows: any middleware is on it. */
function masked(received: string): string {
  const timeless = received.replaceAll(/^Date: .*$/gm, "Date: now");
  if (!stackFrames.test(timeless)) return timeless;
  return timeless.replaceAll(stackFrames, "").replace(/^Content-Length: .*$/m, "Content-Length: as it is");
}

async function startBare({
  harness,
  upstream,
}: World): Promise<{ port: number; fixture: Fixture; close(): Promise<void> }> {
  const fixture = createFixture(undefined, upstream.url);
  const { port, close } = await harness.start(undefined, fixtureApp(fixture));
  return { port, fixture, close };
}

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as NetServer } from "node:net";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { seededRandom } from "../statistics/bootstrap.ts";
import { quantile } from "../statistics/quantile.ts";
import { Load } from "./load.ts";
import { saturate, serve } from "./closed-loop.ts";
import { Connections } from "./connections.ts";
import { arrivals, offer } from "./open-loop.ts";

const requests = ["GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"];

async function portOf(server: NetServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function serving<T>(
  listener: RequestListener,
  size: number,
  use: (connections: Connections) => Promise<T>,
): Promise<T> {
  const server: Server = createServer(listener);
  const connections = await Connections.open(await portOf(server), size);
  try {
    return await use(connections);
  } finally {
    connections.close();
    server.close();
  }
}

/** Answers every request at once, but once does nothing for a while. */
function stallingOnce(afterMs: number, stallMs: number): RequestListener {
  let firstAt: number | undefined;
  let stalled = false;
  return (_request, response) => {
    firstAt ??= performance.now();
    if (!stalled && performance.now() - firstAt > afterMs) {
      stalled = true;
      const until = performance.now() + stallMs;
      while (performance.now() < until);
    }
    response.end("ok");
  };
}

const dueMs = arrivals(500, 2000, seededRandom(1));

test("every request that is due is answered once, and none leaves before it is due", async () => {
  const urls = new Map<string, number>();
  const answers = await serving(
    (request, response) => {
      urls.set(request.url!, (urls.get(request.url!) ?? 0) + 1);
      response.end("ok");
    },
    8,
    (connections) => offer(connections, requests, { dueMs: dueMs.slice(0, 200), patienceMs: 10_000 }),
  );
  assert.deepEqual(Object.fromEntries(urls), { "/a": 100, "/b": 100 });
  assert.equal(answers.latencyMicros.length, 200);
  assert.ok(answers.latencyMicros.every((latency) => latency > 0));
  assert.ok(answers.elapsedMs >= dueMs[199]!);
});

test("a server that stalls for 200 ms once in 2 s shows it in p99 and in every request that was due meanwhile", async () => {
  const server = createServer(stallingOnce(500, 200));
  const load = new Load();
  const aim = { port: await portOf(server), connections: 16, requests };
  const { latencyMicros } = await load.offer(aim, { dueMs, patienceMs: 10_000 });
  load.stop();
  server.close();
  assert.equal(latencyMicros.length, dueMs.length);
  const p99 = quantile(latencyMicros, 0.99) / 1000;
  assert.ok(p99 > 150, `p99 ${p99} ms`);
  // About 500 a second for 200 ms, half of which waited more than half of it.
  const long = latencyMicros.filter((micros) => micros > 100_000).length;
  assert.ok(long > 25, `${long} requests waited more than 100 ms`);
});

test("requests for which no connection is free wait, and their latency counts from when they were due", async () => {
  const { latencyMicros, ownDelayMicros } = await serving(
    (_request, response) => void setTimeout(() => response.end("ok"), 20),
    1,
    (connections) => offer(connections, requests, { dueMs: Array.from({ length: 10 }, () => 1), patienceMs: 10_000 }),
  );
  assert.ok(latencyMicros[9]! > 190_000, `${latencyMicros[9]} µs`);
  assert.ok(latencyMicros[0]! < latencyMicros[5]! && latencyMicros[5]! < latencyMicros[9]!);
  assert.ok(quantile(ownDelayMicros, 1) < 190_000);
});

test("arrivals come at the rate that was asked for, ascending, the same for the same seed", () => {
  const due = arrivals(1000, 20_000, seededRandom(7));
  assert.ok(Math.abs(due.length - 20_000) < 600, `${due.length}`);
  assert.deepEqual(
    due,
    due.toSorted((a, b) => a - b),
  );
  assert.deepEqual(due, arrivals(1000, 20_000, seededRandom(7)));
});

test("a saturated server is sent the next request only when it has answered", async () => {
  let open = 0;
  let most = 0;
  let answered = 0;
  const result = await serving(
    (_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        answered++;
        response.end("ok");
      }, 5);
    },
    4,
    (connections) => saturate(connections, requests, 200),
  );
  assert.equal(most, 4);
  assert.equal(result.answered, answered);
  assert.ok(result.elapsedMs >= 200);
});

/** Answers after so many ms, in which nobody has anything to do. */
function answeringAfter(ms: number): RequestListener {
  return (_request, response) => void setTimeout(() => response.end("ok"), ms);
}

/** The share of the time in which this process, where server and load both are, did not sleep. */
async function awakeShare(load: () => Promise<unknown>): Promise<number> {
  const before = performance.eventLoopUtilization();
  await load();
  return performance.eventLoopUtilization(before).utilization;
}

test("a load that saturates never sleeps, so that no server pays for waking it, and one that only serves does", async () => {
  const [saturating, servingOnly] = await serving(answeringAfter(20), 4, async (connections) => [
    await awakeShare(() => saturate(connections, requests, 300)),
    await awakeShare(() => serve(connections, requests, 60)),
  ]);
  assert.ok(saturating! > 0.99, `${saturating} of the time awake`);
  assert.ok(servingOnly! < 0.9, `${servingOnly} of the time awake`);
});

test("a load that has to wait took a small share of the time, though it never slept, and one that is itself what is slow took all of it", async () => {
  const idle = await serving(answeringAfter(20), 4, (connections) => saturate(connections, requests, 300));
  assert.ok(idle.loadShare > 0 && idle.loadShare < 0.5, `${idle.loadShare}`);
  const costly = new Proxy(requests, {
    get(of, name) {
      const until = performance.now() + (name === "length" ? 0 : 5);
      while (performance.now() < until);
      return Reflect.get(of, name) as unknown;
    },
  });
  const busy = await serving(
    (_request, response) => void response.end("ok"),
    4,
    (connections) => saturate(connections, costly, 300),
  );
  assert.ok(busy.loadShare > 0.7 && busy.loadShare <= 1, `${busy.loadShare}`);
});

test("a load of so many requests sends these and no more, also where it has more connections", async () => {
  for (const times of [7, 2]) {
    let seen = 0;
    const server = createServer((_request, response) => {
      seen++;
      response.end("ok");
    });
    const load = new Load();
    const answered = await load.serve({ port: await portOf(server), connections: 4, requests }, times);
    load.stop();
    server.close();
    assert.deepEqual([answered, seen], [times, times]);
  }
});

test("an answer in pieces is one answer", async () => {
  const server = createTcpServer((socket) => {
    socket.on("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nConte");
      setTimeout(() => socket.write("nt-Length: 5\r\n\r\nhe"), 5);
      setTimeout(() => socket.write("llo"), 10);
    });
  });
  const connections = await Connections.open(await portOf(server), 1);
  const { latencyMicros } = await offer(connections, requests, { dueMs: [0, 0, 0], patienceMs: 5000 });
  connections.close();
  server.close();
  assert.ok(latencyMicros.every((latency) => latency > 4000));
});

const faults: readonly { readonly what: string; readonly listener: RequestListener; readonly said: RegExp }[] = [
  {
    what: "a status other than 200",
    listener: (_, response) => response.writeHead(500, { "content-length": 0 }).end(),
    said: /with 500/,
  },
  {
    what: "an answer without a length",
    listener: (_, response) => void (response.write("a"), response.end()),
    said: /without a length/,
  },
  { what: "a connection that is closed", listener: (request) => void request.socket.destroy(), said: /closed it/ },
];

for (const { what, listener, said } of faults) {
  test(`${what} ends the load with an error`, async () => {
    const offered = serving(listener, 2, (connections) =>
      offer(connections, requests, { dueMs: [0, 1], patienceMs: 5000 }),
    );
    await assert.rejects(offered, said);
    await assert.rejects(
      serving(listener, 2, (connections) => saturate(connections, requests, 50)),
      said,
    );
  });
}

test("a server that never answers ends the load when patience does", async () => {
  const offered = serving(
    () => {},
    2,
    (connections) => offer(connections, requests, { dueMs: [0], patienceMs: 100 }),
  );
  await assert.rejects(offered, /1 requests were not answered in time/);
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { ServerTracker } from "./server-tracker.ts";

const server = () => ({ close() {} });
const seenBy = (tracker: ServerTracker): unknown[] => [...tracker.servers];

test("the servers of requests are found, each once (R-P9)", () => {
  const tracker = new ServerTracker();
  const [one, two] = [server(), server()];
  for (const from of [one, one, two, one]) tracker.see({ socket: { server: from } });
  expect(seenBy(tracker)).toEqual([one, two]);
});

test("a request without a server is none (R-P9)", () => {
  const tracker = new ServerTracker();
  for (const odd of [{}, { socket: null }, { socket: {} }, { socket: { server: null } }, { socket: { server: {} } }])
    tracker.see(odd);
  expect(seenBy(tracker)).toEqual([]);
});

test("all servers of a process are found, however many it has (B7)", () => {
  const tracker = new ServerTracker();
  const servers = Array.from({ length: 100 }, server);
  for (const one of servers) tracker.see({ socket: { server: one } });
  expect(seenBy(tracker)).toEqual(servers);
});

test("servers that were closed and let go of are freed, and so is the last one once no request comes (B7)", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const tracker = new ServerTracker();
  const stays = server();
  tracker.see({ socket: { server: stays } });
  for (let i = 0; i < 100; i++) tracker.see({ socket: { server: server() } });
  tracker.rest();
  for (let i = 0; i < 20 && seenBy(tracker).length > 1; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(seenBy(tracker)).toEqual([stays]);
});

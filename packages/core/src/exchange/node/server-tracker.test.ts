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

test("servers made by the request do not fill the memory (R-P9)", () => {
  const tracker = new ServerTracker();
  for (let i = 0; i < 100; i++) tracker.see({ socket: { server: server() } });
  expect(seenBy(tracker)).toHaveLength(32);
});

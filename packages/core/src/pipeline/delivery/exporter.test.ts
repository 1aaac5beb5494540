import { expect, test } from "vitest";
import { closedBreaker } from "../breaker/breaker.ts";
import { CollectorLog } from "../log/collector-log.ts";
import { Exporter } from "./exporter.ts";
import { handTime } from "../testing/hand-time.ts";
import { keepLines, settings } from "../testing/pipeline-kit.ts";

test("a body that is ready only after the end is not tried, and comes back unsent (R-P9)", async () => {
  const time = handTime();
  let ready = (): void => {};
  const exporter = new Exporter({
    sender: {
      destination: "http://test",
      prepare: (parts) => new Promise((resolve) => (ready = () => resolve(parts))),
      send: () => Promise.resolve({ outcome: "accepted", rejected: 0 }),
      close() {},
    },
    breaker: closedBreaker,
    log: new CollectorLog({ collector: "http://test", endpointGiven: true, diagnostics: keepLines() }),
    retry: settings.retry,
    now: () => time.nowMs,
    random: () => 0.5,
    startTimer: time.startTimer,
  });
  const delivery = exporter.deliver([Buffer.from("a")]);
  exporter.close();
  ready();
  await expect(delivery).resolves.toEqual({ outcome: "unsent" });
  expect(exporter.tries).toBe(0);
});

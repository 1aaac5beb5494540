import { describe, expect, it } from "vitest";
import { CollectorLog } from "./collector-log.ts";
import { keepLines, type KeptLines } from "../testing/pipeline-kit.ts";

function create(endpointGiven = true): { log: CollectorLog; lines: string[] } {
  const diagnostics: KeptLines = keepLines();
  return {
    log: new CollectorLog({ collector: "http://c:4318", endpointGiven, diagnostics }),
    lines: diagnostics.lines,
  };
}

describe("CollectorLog", () => {
  it("says one line for a failure of all signals, and one when the last of them works again (R-P15)", () => {
    const { log, lines } = create();
    const [traces, metrics] = [{}, {}];
    for (let i = 0; i < 50; i++) log.failing(traces, "connection", "ECONNREFUSED", i * 100);
    log.failing(metrics, "connection", "ECONNREFUSED", 5_000);
    log.working(traces, 6_000);
    expect(lines).toHaveLength(1);
    log.working(metrics, 7_000);
    expect(lines[1]).toBe("warn the collector at http://c:4318 works again after 7 s and 51 failed attempts");
  });

  it("stays silent when trouble comes and goes within a minute (R-P15)", () => {
    const { log, lines } = create();
    for (let i = 0; i < 20; i++) {
      log.failing(log, "status", "status 503", i * 2_000);
      log.working(log, i * 2_000 + 1_000);
    }
    expect(lines).toHaveLength(2);
    log.failing(log, "status", "status 503", 61_000);
    expect(lines).toHaveLength(3);
  });

  it("warns of a collector that was there and is gone, though nobody named it (R-P15)", () => {
    const { log, lines } = create(false);
    log.working(log, 0);
    log.failing(log, "connection", "ECONNREFUSED", 1_000);
    expect(log.absent).toBe(false);
    expect(lines[0]).toMatch(/^warn cannot reach/);
  });

  it("tells the path that refused, once a status whatever the words behind it, and no control characters (D3, D5)", () => {
    const { log, lines } = create();
    const lost = { items: 2, unit: "spans", destination: "http://c:4318/v1/traces/v1/traces" };
    for (let i = 0; i < 5; i++) log.refused({ ...lost, reason: `status 404: no\u001b[31m page\r\n${i}` });
    log.refused({ ...lost, reason: "status 400" });
    expect(lines).toEqual([
      "warn the collector at http://c:4318/v1/traces/v1/traces refused 2 spans (status 404: no [31m page 0); logged once, further ones are counted",
      "warn the collector at http://c:4318/v1/traces/v1/traces refused 2 spans (status 400); logged once, further ones are counted",
    ]);
    log.failing(log, "status", "status UNAVAILABLE: a\r\nb\u001b", 0);
    expect(lines[2]).toContain("(status UNAVAILABLE: a b)");
  });

  it("does not let a collector write lines of its own into the log (R-P15)", () => {
    const { log, lines } = create();
    log.partlyRejected({ items: 1, unit: "spans", message: `no\n{"level":60}\u2028\u001b[31m${"x".repeat(5_000)}` });
    expect(lines[0]).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(lines[0]?.length).toBeLessThan(400);
  });
});

import { describe, expect, test } from "vitest";
import { type RouteOptions, RouteTable } from "../model/route.ts";
import { Tally } from "../tally/tally.ts";
import type { RequestLine, RequestLineSink } from "./request-line.ts";
import { RequestLog, type RequestLineChoice } from "./request-log.ts";

const line: RequestLine = {
  level: "info",
  method: "GET",
  route: "/orders/:id",
  path: undefined,
  statusCode: 200,
  aborted: false,
  durationMs: 1,
  streamMs: undefined,
  requestBytes: undefined,
  responseBytes: undefined,
  traceId: "0".repeat(32),
  spanId: "0".repeat(16),
  traceFlags: 1,
  samplingReason: "ratio",
  errorType: undefined,
  error: undefined,
};

function levelOf(
  choice: RequestLineChoice,
  ending: { statusCode?: number; completed?: boolean; traced?: boolean; log?: RouteOptions["log"] },
  sink: RequestLineSink = { write() {} },
): string | undefined {
  const log = new RequestLog(choice, new Tally());
  log.add(sink);
  const { statusCode = 200, completed = true, traced = false, log: own } = ending;
  const route = new RouteTable().get("/orders/:id", own === undefined ? undefined : { log: own });
  return log.levelOf({ route, statusCode, completed, traced });
}

describe("which requests have a line", () => {
  test("a healthy one has a line exactly when its trace is sampled or kept (R-G2)", () => {
    expect(levelOf("sampled", { traced: true })).toBe("info");
    expect(levelOf("sampled", { traced: false })).toBeUndefined();
  });

  test("warnings and errors always have one: 4xx, 5xx, aborted (R-G2)", () => {
    expect(levelOf("sampled", { statusCode: 399 })).toBeUndefined();
    expect(levelOf("sampled", { statusCode: 400 })).toBe("warn");
    expect(levelOf("sampled", { statusCode: 499 })).toBe("warn");
    expect(levelOf("sampled", { statusCode: 500 })).toBe("error");
    expect(levelOf("sampled", { completed: false })).toBe("warn");
    expect(levelOf("sampled", { completed: false, statusCode: 500 })).toBe("error");
  });

  test("with `all` every one has, with `failures` no healthy one (R-G2)", () => {
    expect(levelOf("all", {})).toBe("info");
    expect(levelOf("failures", { traced: true })).toBeUndefined();
    expect(levelOf("failures", { statusCode: 404 })).toBe("warn");
  });

  test("switched off nobody takes lines, and nothing is made for them (R-G2)", () => {
    const log = new RequestLog("off", new Tally());
    log.add({ write() {} });
    expect(log.active).toBe(false);
  });
});

describe("levels by route", () => {
  test("a route's level is that of its healthy lines; failures keep theirs (R-G3)", () => {
    const admitting = { write() {}, admits: () => true };
    expect(levelOf("sampled", { traced: true, log: "debug" }, admitting)).toBe("debug");
    expect(levelOf("sampled", { traced: false, log: "debug" }, admitting)).toBeUndefined();
    expect(levelOf("sampled", { statusCode: 500, log: "debug" }, admitting)).toBe("error");
  });

  test("below info the logger's own level decides (R-G3)", () => {
    expect(levelOf("sampled", { traced: true, log: "debug" }, { write() {}, admits: () => false })).toBeUndefined();
    expect(levelOf("sampled", { traced: true, log: "debug" })).toBeUndefined();
  });

  test("from warn on a route's lines are always written (R-G3)", () => {
    expect(levelOf("sampled", { traced: false, log: "warn" })).toBe("warn");
  });

  test("a quiet route has lines of failures alone (R-G3)", () => {
    expect(levelOf("all", { traced: true, log: false })).toBeUndefined();
    expect(levelOf("all", { statusCode: 503, log: false })).toBe("error");
  });
});

describe("sinks", () => {
  test("each gets the line, until it is taken away (R-G2)", () => {
    const taken: string[] = [];
    const log = new RequestLog("sampled", new Tally());
    const stop = log.add({ write: () => taken.push("one") });
    log.add({ write: () => taken.push("two") });
    log.write(line);
    stop();
    log.write(line);
    expect(taken).toEqual(["one", "two", "two"]);
    expect(log.lines).toBe(3);
  });

  test("one that throws is counted, and the others get their line (R-G2)", () => {
    const faults = new Tally();
    const taken: string[] = [];
    const log = new RequestLog("sampled", faults);
    const fail = (): never => {
      throw new Error("disk full");
    };
    log.add({ write: fail, admits: fail });
    log.add({ write: () => taken.push("two"), admits: () => true });
    log.write(line);
    log.write({ ...line, level: "debug" });
    expect(taken).toEqual(["two", "two"]);
    expect(faults.snapshot()).toEqual({ "request-line": 2 });
  });

  test("the path is read only while somebody asks for it (R-G2)", () => {
    const log = new RequestLog("sampled", new Tally());
    log.add({ write() {} });
    expect(log.wantsPath).toBe(false);
    const stop = log.add({ write() {}, wantsPath: true });
    expect(log.wantsPath).toBe(true);
    stop();
    expect(log.wantsPath).toBe(false);
  });
});

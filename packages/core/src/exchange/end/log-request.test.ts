import { ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import { expect, test, describe } from "vitest";
import type { RequestLine } from "../../logging/request-line.ts";
import { RequestLog } from "../../logging/request-log.ts";
import { Tally } from "../../tally/tally.ts";
import { testHost, attributesOf, type TestHost, type TestHostSettings } from "../../testing/test-exchange.ts";
import { testLimits, testTracing } from "../../testing/test-tracing.ts";
import { Surroundings } from "../incoming/surroundings.ts";
import { joinedTerms } from "./joined-terms.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };

function logged(settings: TestHostSettings = {}): Omit<TestHost, "lines"> & { lines: RequestLine[] } {
  const lines: RequestLine[] = [];
  const requestLog = new RequestLog("sampled", new Tally());
  requestLog.add({ write: (line) => lines.push(line) });
  return { ...testHost({ ...settings, change: { requestLog } }), lines };
}

const response = (length: unknown) => ({
  getHeader: (name: string) => (name === "content-length" ? length : undefined),
});

describe("what a line tells", () => {
  test("method, route, status, duration, sizes, ids and why it was sampled (R-G2)", () => {
    const { begin, routes, clock, lines, written } = logged({ sampler: () => true });
    const exchange = begin({ method: "POST", route: routes.get("/orders/:id"), headers: { "content-length": "17" } });
    clock.wait(250);
    exchange.end({ statusCode: 201, completed: true, response: response("42") });
    const [span] = written;
    expect(lines).toEqual([
      {
        level: "info",
        method: "POST",
        route: "/orders/:id",
        path: undefined,
        statusCode: 201,
        aborted: false,
        durationMs: 250,
        streamMs: undefined,
        requestBytes: 17,
        responseBytes: 42,
        traceId: exchange.span.spanContext().traceId,
        spanId: exchange.span.spanContext().spanId,
        traceFlags: 3,
        samplingReason: attributesOf(span)["sampling.reason"],
        errorType: undefined,
        error: undefined,
      },
    ]);
  });

  test("a kept request's line is sampled like its span, and says why (R-G2)", () => {
    const { begin, lines } = logged();
    const exchange = begin();
    const error = new RangeError("too far");
    exchange.failed(error);
    exchange.end(failed);
    expect(lines).toMatchObject([
      { level: "error", traceFlags: 3, samplingReason: "error", errorType: "RangeError", error },
    ]);
  });

  test("a failure that is not kept has its line all the same, with the ids it propagated (R-G2)", () => {
    const { begin, lines, written } = logged({ keep: { maxPerSecond: 0 } });
    const exchange = begin();
    const { traceId } = exchange.span.spanContext();
    exchange.end(failed);
    expect(written).toEqual([]);
    expect(lines).toMatchObject([{ traceId, traceFlags: 2, errorType: "500", error: undefined }]);
  });

  test("a request whose client left has no invented status (R-G2)", () => {
    const { begin, lines } = logged();
    begin().end({ statusCode: undefined, completed: false });
    expect(lines).toMatchObject([{ level: "warn", aborted: true, statusCode: undefined, errorType: "aborted" }]);
  });

  test("a stream's line tells the time to its headers and how long it was open, whoever ended it (R-G2)", () => {
    const { begin, clock, lines } = logged({ sampler: () => true });
    const exchange = begin();
    clock.wait(20);
    exchange.headersSent(true);
    clock.wait(5_000);
    exchange.end({ statusCode: 200, completed: false });
    expect(lines).toMatchObject([{ level: "info", durationMs: 20, streamMs: 5_020, aborted: false }]);
  });

  test("an error that was answered with a 4xx was meant: its line has no stack (R-G7)", () => {
    const { begin, lines } = logged();
    const exchange = begin();
    exchange.failed(new Error("already there"));
    exchange.end({ statusCode: 409, completed: true });
    expect(lines).toMatchObject([{ level: "warn", errorType: undefined, error: undefined }]);
  });

  test("a healthy unsampled request has no line, and draws no ids (R-G2)", () => {
    const { begin, lines, host } = logged();
    let drawn = 0;
    const { random } = host;
    const take = random.take.bind(random);
    random.take = () => {
      drawn++;
      return take();
    };
    begin().end(done);
    expect(lines).toEqual([]);
    // The two words that a keep rule looks at, not the four of an id.
    expect(drawn).toBeLessThanOrEqual(2);
  });

  test("it is told once, however often the end is (R-G2)", () => {
    const { begin, lines } = logged();
    const exchange = begin();
    exchange.end(failed);
    exchange.end(failed);
    expect(lines).toHaveLength(1);
  });
});

describe("hostile requests", () => {
  test("an unknown method is `_OTHER`, and no text of the client's is in the line (R-G2)", () => {
    const { begin, lines } = logged();
    const evil = '\n{"level":60}';
    begin({ method: evil, target: `/${evil}`, headers: { host: evil, "user-agent": evil } }).end(failed);
    expect(JSON.stringify(lines)).not.toContain("level\\");
    expect(lines).toMatchObject([{ method: "_OTHER", route: undefined, path: undefined }]);
  });

  test("the path comes without its query, cut to 1,024 characters, and only when asked for (R-G2)", () => {
    const { begin, lines, host } = logged();
    host.requestLog.add({ write() {}, wantsPath: true });
    begin({ target: `/${"a".repeat(70_000)}?token=secret` }).end(failed);
    expect(lines[0]?.path).toHaveLength(1_024);
  });

  test("a content-length that is no number of bytes is no size (R-G2)", () => {
    const { begin, lines } = logged();
    for (const length of ["-1", "1e3", "12, 13", "9".repeat(40), "\n", ["1", "2"], Number.NaN, null]) {
      begin({ headers: { "content-length": String(length) } }).end({ ...failed, response: response(length) });
    }
    expect(lines.flatMap(({ requestBytes, responseBytes }) => [requestBytes, responseBytes])).toEqual(
      Array.from({ length: 16 }, () => undefined),
    );
  });

  test("what a head announces and nobody sends is no size: HEAD, 304, an answer that was cut (R-G2)", () => {
    const { begin, lines } = logged({ sampler: () => true });
    begin({ method: "HEAD" }).end({ ...done, response: response("42") });
    begin().end({ statusCode: 304, completed: true, response: response("42") });
    begin().end({ statusCode: 200, completed: false, response: response("42") });
    begin().end({ ...done, response: response("0") });
    expect(lines.map(({ responseBytes }) => responseBytes)).toEqual([undefined, undefined, undefined, 0]);
  });

  test("a reader or response that throws loses the line alone, and is counted (R-G2)", () => {
    const { begin, lines, faults } = logged();
    const broken = {
      getHeader: () => {
        throw new Error("destroyed");
      },
    };
    begin().end({ ...failed, response: broken });
    expect(lines).toEqual([]);
    expect(faults.snapshot()).toMatchObject({ "request-line": 1 });
  });
});

describe("a request that somebody else's span stands for", () => {
  const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

  /** A request that begins in a server span of somebody else's, and its lines. */
  function joined(traceFlags: number): { end: (outcome: typeof done) => void; lines: RequestLine[] } {
    const lines: RequestLine[] = [];
    const requestLog = new RequestLog("sampled", new Tally());
    requestLog.add({ write: (line) => lines.push(line) });
    const own = trace.wrapSpanContext({ ...ids, traceFlags });
    const span = Object.assign(Object.create(own) as Span, { kind: SpanKind.SERVER, isRecording: () => true });
    const context = trace.setSpan(ROOT_CONTEXT, span);
    const { contexts } = testTracing();
    const surroundings = new Surroundings({
      active: () => context,
      contexts,
      foreign: undefined,
      limits: testLimits,
      traces: true,
      errorTypeOf: (error) => typeof error,
      terms: (request) => joinedTerms(host, request),
      failed() {},
    });
    const { host, begin } = testHost({ change: { requestLog, surroundings } });
    const exchange = begin();
    return { end: (outcome) => exchange.end(outcome), lines };
  }

  test("where somebody else's span stands for the request, its line has the ids and flags of that (R-I4, R-G2)", () => {
    const { end, lines } = joined(1);
    end(done);
    expect(lines).toMatchObject([{ ...ids, level: "info", traceFlags: 1, samplingReason: "joined" }]);
  });

  test("where that is not sampled, only a failure has a line (R-I4, R-G2)", () => {
    const quiet = joined(0);
    quiet.end(done);
    expect(quiet.lines).toEqual([]);
    const { end, lines } = joined(0);
    end(failed);
    expect(lines).toMatchObject([
      { ...ids, level: "error", traceFlags: 0, samplingReason: "joined", errorType: "500" },
    ]);
  });
});

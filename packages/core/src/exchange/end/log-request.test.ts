import { ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import type { RequestLine } from "../../logging/request-line.ts";
import { RequestLog } from "../../logging/request-log.ts";
import { Tally } from "../../tally/tally.ts";
import { testHost } from "../../testing/test-exchange.ts";
import { testLimits, testTracing } from "../../testing/test-tracing.ts";
import { Surroundings } from "../incoming/surroundings.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };
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
    failed() {},
  });
  const exchange = testHost({ change: { requestLog, surroundings } }).begin();
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
  expect(lines).toMatchObject([{ ...ids, level: "error", traceFlags: 0, samplingReason: "joined", errorType: "500" }]);
});

import { decodeLogsRequest, type ReceivedLog } from "@gossamer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scope } from "../../model/scope.ts";
import { exportRequestParts } from "../export-request.ts";
import { ProtobufWriter } from "../protobuf-writer.ts";
import type { LogRecord, LogValue } from "./log-record.ts";
import { writeLogRecord } from "./log-record-writer.ts";

const scope: Scope = { name: "pino", version: "10.4.0" };

function logRecord(change: Partial<LogRecord> = {}): LogRecord {
  return {
    scope,
    epochMs: 1_795_968_740_695.125,
    observedMs: 1_795_968_740_696,
    severityNumber: 9,
    severityText: "info",
    body: "found it",
    block: undefined,
    attributes: [],
    droppedAttributesCount: 0,
    eventName: "",
    span: undefined,
    ...change,
  };
}

function throughTheWire(...records: LogRecord[]): ReceivedLog[] {
  const writer = new ProtobufWriter(16);
  const ends = records.map((record) => {
    writeLogRecord(writer, record);
    return writer.position;
  });
  const chunk = { bytes: writer.bytes(), ends: Uint32Array.from(ends), segments: [{ scope, first: 0 }] };
  return decodeLogsRequest(
    Buffer.concat(exportRequestParts({ attributes: { "service.name": "shop" }, schemaUrl: "https://s.test" }, [chunk])),
  );
}

test("a message is the same to the letter each time it comes, whatever it is made of (R-G6)", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 80 }),
    fc.constantFrom("", "x".repeat(64), "é".repeat(33)),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (messages) => {
      const bodies = [...messages, ...messages, ...messages];
      expect(throughTheWire(...bodies.map((body) => logRecord({ body }))).map(({ body }) => body)).toEqual(bodies);
    }),
  );
});

test("every field of a log record arrives as the published schema has it, with resource and scope (R-G6)", () => {
  const [received] = throughTheWire(
    logRecord({
      attributes: ["order", 7, "paid", true, "share", 0.5],
      droppedAttributesCount: 3,
      eventName: "order.found",
      span: { t0: 0x0123_4567, t1: 0x89ab_cdef | 0, t2: 1, t3: -1, s0: 2, s1: -2, flags: 3 },
    }),
  );
  expect(received).toMatchObject({
    resource: { "service.name": "shop" },
    resourceSchemaUrl: "https://s.test",
    scope: { name: "pino", version: "10.4.0" },
    timeUnixNano: 1_795_968_740_695_125_000n,
    observedTimeUnixNano: 1_795_968_740_696_000_000n,
    severityNumber: 9,
    severityText: "info",
    body: "found it",
    attributes: { order: 7, paid: true, share: 0.5 },
    droppedAttributesCount: 3,
    flags: 3,
    traceId: "0123456789abcdef00000001ffffffff",
    spanId: "00000002fffffffe",
    eventName: "order.found",
  });
});

test("outside of a trace a record has no ids, and attributes that records share are there in each (R-G6)", () => {
  const block = { list: ["module", "pg", "pool", { max: 10, hosts: ["a", "b"] }], encoded: undefined };
  const received = throughTheWire(
    logRecord({ block }),
    logRecord({ block, attributes: ["n", 1] }),
    logRecord({ block }),
  );
  expect(received.map(({ traceId, spanId }) => traceId + spanId)).toEqual(["", "", ""]);
  const shared = { module: "pg", pool: { max: 10, hosts: ["a", "b"] } };
  expect(received.map(({ attributes }) => attributes)).toEqual([shared, { ...shared, n: 1 }, shared]);
});

const value: fc.Arbitrary<LogValue> = fc.letrec<{ value: LogValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noInteger: true }),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ maxLength: 12 }).map((text) => `k${text}`),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
})).value;

test("bodies and attributes of any shape arrive as they were (R-G6)", () => {
  fc.assert(
    fc.property(value, value, (body, attribute) => {
      const [received] = throughTheWire(logRecord({ body, attributes: ["given", attribute] }));
      expect(received?.body).toEqual(plain(body));
      expect(received?.attributes["given"]).toEqual(plain(attribute));
    }),
  );
});

/** What the decoder makes of it: maps of the usual prototype. */
function plain(given: LogValue): unknown {
  if (Array.isArray(given)) return given.map(plain);
  if (typeof given !== "object" || given === null || given instanceof Uint8Array)
    return given === null ? undefined : given;
  return Object.fromEntries(Object.entries(given).map(([key, part]) => [key, plain(part)]));
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { done } from "../testing/done.ts";
import { encoded } from "../testing/published-otlp.ts";
import { inSlices, Turns, type Work } from "./in-slices.ts";
import { readOtlpJson } from "./otlp-json.ts";
import { readOtlpProtobuf } from "./otlp-protobuf.ts";
import { RefusedRequest } from "./refused-request.ts";

function* steps(count: number, at: (i: number) => void): Work<string> {
  for (let i = 0; i < count; i++) {
    at(i);
    yield;
  }
  return "done";
}

test("while a large body is read others have their turn every few milliseconds (R-D3)", async () => {
  let nowMs = 0;
  let turns = 0;
  let isOver = false;
  const others = (): void => {
    turns++;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const seen: number[] = [];
  const work = steps(100, () => {
    nowMs += 1;
    seen.push(turns);
  });
  expect(await inSlices(work, () => nowMs)).toBe("done");
  isOver = true;
  for (let i = 5; i < seen.length; i++) expect(seen[i]).toBeGreaterThan(seen[i - 5] ?? 0);
});

test("bodies are read one behind the other, in the order in which they came, whatever becomes of the one before (R-D3)", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const one = turns.take(() =>
    inSlices(
      steps(50, (i) => void order.push(`one ${i}`)),
      () => order.length * 10,
    ),
  );
  const failing = turns.take(() => Promise.reject(new Error("no OTLP")));
  const other = turns.take(() => inSlices(steps(2, (i) => void order.push(`other ${i}`))));
  await expect(failing).rejects.toThrow("no OTLP");
  expect([await one, await other]).toEqual(["done", "done"]);
  expect(order.slice(-3)).toEqual(["one 49", "other 0", "other 1"]);
});

function pausesOf(work: Work<unknown>): number {
  let pauses = 0;
  while (work.next().done !== true) pauses++;
  return pauses;
}

test("no part of a body takes long by itself, be it of many spans or of one, as JSON or as protobuf (R-D3)", () => {
  const values = Array.from({ length: 20_000 }, (_, i) => ({ key: `key ${i}`, value: { stringValue: "value" } }));
  const [many, large] = [
    { resourceSpans: [{ scopeSpans: [{ spans: values.map(({ key }) => ({ name: key })) }] }] },
    { resourceSpans: [{ scopeSpans: [{ spans: [{ name: "large", attributes: values }] }] }] },
  ];
  for (const request of [many, large]) {
    const body = Buffer.from(JSON.stringify(request));
    expect(pausesOf(readOtlpJson(body))).toBeGreaterThan(body.length / 4_096);
    const bytes = encoded("trace", "ExportTraceServiceRequest", request);
    expect(pausesOf(readOtlpProtobuf("traces", bytes))).toBeGreaterThanOrEqual(200);
  }
});

test("JSON is read as JSON.parse reads it, however long its parts are, and what is no JSON is refused (R-D3)", () => {
  const long = fc.nat({ max: 3 }).map((n) => ' "\\é\n\u2028'.repeat(n * 300));
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue(),
      long,
      fc.array(tie("node"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), long), tie("node"), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).node;
  fc.assert(
    fc.property(value, fc.nat({ max: 3 }), (given, indent) => {
      const text = JSON.stringify(given, undefined, " ".repeat(indent * 3));
      fc.pre(!text.includes("__proto__"));
      expect(done(readOtlpJson(Buffer.from(text)))).toEqual(JSON.parse(text));
    }),
  );
  const whole = JSON.stringify({
    list: Array.from({ length: 300 }, (_, i) => ({ i, text: `${i}`.repeat(20) })),
    last: [1, null],
  });
  const read = (text: string): unknown => done(readOtlpJson(Buffer.from(text)));
  expect(read(whole)).toEqual(JSON.parse(whole));
  for (let length = 0; length < whole.length; length += 7)
    expect(() => read(whole.slice(0, length))).toThrow(RefusedRequest);
  const filled = " ".repeat(5_000);
  expect([read(`[${filled}]`), read(`{${filled}}`), read(`[${filled}1]`)]).toEqual([[], {}, [1]]);
  for (const wrong of [
    `[1,${filled}]`,
    `{"a":1,${filled}}`,
    `{"a"${filled}1}`,
    `[1${filled}2]`,
    `{${filled}]`,
    `[]${filled}[]`,
    "\ufeff{}",
  ])
    expect(() => read(wrong), wrong.replace(filled, " … ")).toThrow(RefusedRequest);
  expect(() => read("[".repeat(200_000))).toThrow("nested too deeply");
});

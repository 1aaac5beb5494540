import { expect, test } from "vitest";
import { withBytes } from "../data/stored-span.ts";
import type { PageAttributes, TraceDetail } from "../protocol.ts";
import { callName } from "./call-name.ts";
import { findingsOf } from "./findings.ts";
import { spanTree, type StoredSpan } from "./span-tree.ts";
import { traceMarkdown } from "./trace-markdown.ts";

let ids = 0;
function span(
  name: string,
  from: number,
  to: number,
  parent?: StoredSpan,
  attributes: PageAttributes = {},
): StoredSpan {
  return withBytes({
    traceId: "1".repeat(32),
    spanId: String(++ids).padStart(16, "0"),
    ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
    service: "shop",
    scope: "test",
    name,
    kind: parent === undefined ? "server" : "client",
    startMs: from,
    durationMs: to - from,
    status: "unset",
    attributes,
    events: [],
    links: [],
    dropped: { attributes: 0, events: 0, links: 0 },
  });
}

const found = (...spans: readonly StoredSpan[]): ReturnType<typeof findingsOf> => findingsOf(spanTree(spans));

test("the same call five times under one parent is found, and what one call would save (R-D7)", () => {
  const root = span("GET /", 0, 100);
  const calls = [10, 20, 30, 40, 50].map((from) =>
    span("SELECT", from, from + 10, root, {
      "db.system.name": "mysql",
      "db.query.text": `SELECT * FROM a WHERE id = ${from}`,
    }),
  );
  expect(found(root, ...calls)).toMatchObject([
    {
      kind: "repeated-calls",
      parentSpanId: root.spanId,
      spanIds: calls.map(({ spanId }) => spanId),
      totalMs: 50,
      gainMs: 40,
    },
  ]);
  expect(found(root, ...calls.slice(1)).filter(({ kind }) => kind === "repeated-calls")).toEqual([]);
});

test("calls that read and wait for each other are found; with a pause, beside each other, or writing they are none (R-D7)", () => {
  const root = span("GET /", 0, 100);
  const get = (from: number, to: number, host: string, method = "GET"): StoredSpan =>
    span(method, from, to, root, { "http.request.method": method, "url.full": `http://${host}/x` });
  expect(found(root, get(0, 30, "a"), get(30.2, 60, "b"), get(60, 80, "c"))).toMatchObject([
    { kind: "serial-calls", totalMs: expect.closeTo(79.8, 3), gainMs: expect.closeTo(49.8, 3) },
  ]);
  expect(found(root, get(0, 30, "a"), get(40, 60, "b"))).toEqual([]);
  expect(found(root, get(0, 30, "a"), get(1, 40, "b"))).toEqual([]);
  expect(found(root, get(0, 30, "a", "POST"), get(30, 60, "b", "PUT"))).toEqual([]);
  expect(found(root, get(0, 1, "a"), get(1, 2, "b"))).toEqual([]);
});

test("spans of one's own count as calls once they take a millisecond in all, and where they only wait for reads (R-D7)", () => {
  const root = span("GET /", 0, 100);
  const own = (name: string, from: number, to: number, parent: StoredSpan): StoredSpan => ({
    ...span(name, from, to, parent),
    kind: "internal",
  });
  const users = [0, 1, 2, 3, 4].map((i) => own("load user", i * 2, i * 2 + 1, root));
  expect(found(root, ...users)).toMatchObject([{ kind: "repeated-calls", message: /5 times.*load user/ }]);
  const steps = [0, 1, 2, 3, 4].map((i) => own("step", i, i + 0.1, root));
  expect(found(root, ...steps)).toEqual([]);
  const layers = [0, 1, 2, 3, 4].map((i) => own("middleware anonymous", i, i + 0.9, root));
  expect(found(root, ...layers)).toEqual([]);
  const [prices, stock] = [own("prices", 0, 30, root), own("stock", 30, 60, root)];
  const read = (from: number, to: number, parent: StoredSpan): StoredSpan =>
    span("GET", from, to, parent, { "http.request.method": "GET", "url.full": "http://a/x" });
  expect(found(root, prices, read(0, 29, prices), stock, read(31, 60, stock))).toMatchObject([
    { kind: "serial-calls", spanIds: [prices.spanId, stock.spanId] },
  ]);
  // One that computes cannot run beside another.
  expect(found(root, prices, read(0, 5, prices), stock, read(31, 36, stock))).toEqual([]);
});

test("one span with over nine tenths of a request is found, by its own time (R-D7)", () => {
  const root = span("GET /", 0, 100);
  const middle = span("middle", 1, 99, root);
  const deep = span("deep", 2, 97, middle);
  expect(found(root, middle, deep)).toMatchObject([{ kind: "one-span", spanIds: [deep.spanId], totalMs: 95 }]);
  expect(found(root, span("half", 0, 50, root))).toEqual([]);
});

test("calls are of one kind whatever values, ids and queries they have (R-D7)", () => {
  const name = (attributes: PageAttributes): string => callName({ name: "n", attributes });
  expect(name({ "db.system": "redis", "db.operation.name": "GET" })).toBe("redis GET");
  expect(
    name({ "db.system.name": "postgresql", "db.query.text": "SELECT a FROM b WHERE c IN (1, 2,3) AND d = $1" }),
  ).toBe("postgresql SELECT a FROM b WHERE c IN (?) AND d = ?");
  expect(name({ "http.request.method": "GET", "url.full": "https://x.y/users/42/orders/9?token=s" })).toBe(
    "GET x.y/users/*/orders/*",
  );
  expect(name({ "http.request.method": "GET", "server.address": "x", "url.template": "/a/{id}" })).toBe("GET x/a/{id}");
  expect(name({})).toBe("n");
});

test("spans that are each other's parents, twice there or without theirs are shown all the same, each once (R-D3)", () => {
  const root = span("root", 0, 1);
  const [a, b] = [span("a", 0, 1, root), span("b", 0, 1, root)];
  const circle = [
    { ...a, parentSpanId: b.spanId },
    { ...b, parentSpanId: a.spanId },
  ];
  expect(spanTree(circle)).toHaveLength(2);
  const orphan = span("orphan", 0, 1, root);
  expect(spanTree([orphan])).toMatchObject([{ isOrphan: true, depth: 0 }]);
  const itself = { ...a, parentSpanId: a.spanId };
  expect(spanTree([itself])).toHaveLength(1);
  const deep: StoredSpan[] = [root];
  for (let i = 0; i < 2_000; i++) deep.push(span("deep", 0, 1, deep.at(-1)));
  expect(spanTree(deep).at(-1)?.depth).toBe(2_000);
});

test("hostile names stay text in Markdown: they end no fence and begin no heading or link (R-D3)", () => {
  const name = "```\n# Owned [x](http://evil) <script>`";
  const spans = spanTree([span(name, 0, 1)]);
  const detail: TraceDetail = {
    summary: {
      traceId: "1".repeat(32),
      startMs: 0,
      durationMs: 1,
      name,
      services: ["a`b"],
      spans: 1,
      dropped: 3,
      errors: 0,
      findings: 0,
      logs: 1,
      hasRoot: true,
    },
    spans,
    findings: [],
    logs: [{ id: 1, at: 0, service: "s", level: "info", message: "````\n# more", attributes: {} }],
    left: 0,
  };
  const text = traceMarkdown(detail);
  expect(text.split("\n").filter((line) => line.startsWith("# "))).toEqual([]);
  expect(text).toContain("### ```` ``` # Owned [x](http://evil) <script>` ````");
  expect(text).toContain("`````text");
});

import { expect, test } from "vitest";
import { attributesOf, testHost } from "../../testing/test-exchange.ts";

const left = { statusCode: undefined, completed: false };

test("a request that threw before its client left is kept as an error, one that did not as aborted (R-S10)", () => {
  const { begin, written } = testHost();
  const [thrown, waiting] = [begin(), begin()];
  thrown.failed(new Error("thrown"));
  thrown.end(left);
  waiting.end(left);
  expect(written.map((span) => attributesOf(span)["sampling.reason"])).toEqual(["error", "aborted"]);
  expect(written.map((span) => attributesOf(span)["error.type"])).toEqual(["aborted", "aborted"]);
});

test("a stream is slow by the time to its head, not by how long it was open (R-S11, R-M2)", () => {
  const { begin, written, clock } = testHost({ keep: { errors: 0 } });
  const [quick, failing, slow] = [begin(), begin(), begin()];
  quick.headersSent(true);
  failing.headersSent(true);
  clock.wait(1_000);
  slow.headersSent(true);
  clock.wait(60_000);
  quick.end({ statusCode: 200, completed: true });
  failing.end({ statusCode: 500, completed: true });
  expect(written).toEqual([]);
  slow.end({ statusCode: 200, completed: true });
  expect(attributesOf(written[0])["sampling.reason"]).toBe("slow");
});

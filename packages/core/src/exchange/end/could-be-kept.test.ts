import { expect, test } from "vitest";
import { ruledHost } from "../../testing/ruled-host.ts";

const nothing = { errors: 0, aborted: 0, slow: 0 };

test("a request without a route yet remembers, as long as a rule for some route keeps anything (R-S12)", () => {
  const host = ruledHost([{ match: "/a", keep: { errors: 1 } }], { keep: nothing });
  const unrouted = host.begin();
  expect([unrouted.flags & 1, unrouted.remembers]).toEqual([0, "some"]);
  const [one, other] = [host.begin({ route: host.routes.get("/a") }), host.begin({ route: host.routes.get("/b") })];
  expect([one.flags & 1, other.flags & 1]).toEqual([0, 0]);
  expect([one.remembers, other.remembers]).toEqual(["some", "nothing"]);
});

test("it holds its children, as long as a rule for some route keeps them (R-S12)", () => {
  const host = ruledHost([{ match: "/a", keep: { trace: true } }]);
  const unrouted = host.begin();
  expect([unrouted.flags & 1, unrouted.childFate()]).toEqual([0, "held"]);
  expect(host.begin({ route: host.routes.get("/a") }).childFate()).toBe("held");
  expect(host.begin({ route: host.routes.get("/b") }).childFate()).toBe("unsampled");
});

test("no children are held where no rule keeps them, whatever the route is going to be (R-S12)", () => {
  const host = ruledHost([{ match: "/a", keep: { errors: 1 } }]);
  const unrouted = host.begin();
  expect([unrouted.flags & 1, unrouted.childFate()]).toEqual([0, "unsampled"]);
});

import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";
import type { World } from "../world.ts";

/** Whatever breaks in or behind telemetry, the service answers. */
export const robustnessCases: readonly ContractCase[] = [
  {
    title: "a sampler that throws samples nothing, is counted, and does not change responses (R-S4)",
    telemetry: {
      sampler: () => {
        throw new Error("the sampler failed");
      },
    },
    async run(world) {
      await assertAnswers(world);
      const { counted, requests } = await world.settle(3);
      // The failed request is kept all the same.
      assert.deepEqual([counted, requests.map(({ name }) => name)], [3, ["GET /throw/sync"]]);
      assert.equal(world.telemetry.status().faults["sampler"], 3);
    },
  },
  {
    title: "a sampler that returns nonsense samples nothing, is counted, and does not change responses (R-S4)",
    telemetry: { sampler: { description: "nonsense", decide: () => "yes" as never } },
    async run(world) {
      await assertAnswers(world);
      await world.settle(3);
      assert.equal(world.telemetry.status().faults["sampler"], 3);
    },
  },
  {
    title: "a trust function that throws trusts nobody, is counted, and does not change responses (R-S18)",
    telemetry: {
      trustIncoming: () => {
        throw new Error("the trust function failed");
      },
    },
    async run(world) {
      const headers = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
      assert.equal((await world.send({ path: "/items/1", headers })).status, 200);
      const { requests } = await world.settle(1);
      assert.notEqual(requests[0]?.traceId, "0af7651916cd43dd8448eb211c80319c");
      assert.equal(world.telemetry.status().faults["trustIncoming"], 1);
    },
  },
  {
    title: "attribute functions that throw are counted and do not change responses (R-I3)",
    async run({ send, settle, telemetry }) {
      const { status, body } = await send("/annotated/lazily");
      assert.deepEqual([status, body], [200, "fine"]);
      await settle(1);
      assert.equal(telemetry.status().faults["annotate"], 2);
    },
  },
  {
    title: "a log function that throws does not affect the service (R-P15)",
    telemetry: {
      log: () => {
        throw new Error("the log failed");
      },
    },
    async run(world) {
      await assertAnswers(world);
      await world.settle(3);
    },
  },
  {
    title:
      "a collector that cuts every connection does not change responses, and the counts arrive once it is back (R-P5, R-P6)",
    telemetry: { batch: { delayMs: 1 } },
    async run(world) {
      const { receiver, telemetry, settle } = world;
      receiver.respond = () => ({ kind: "reset" });
      await assertAnswers(world);
      await telemetry.flush(200);
      await assertAnswers(world);
      receiver.respond = () => undefined;
      const { counted } = await settle(6);
      assert.equal(counted, 6);
      const {
        accepted = 0,
        exported = 0,
        queued = 0,
        inFlight = 0,
        dropped = 0,
      } = telemetry.status().traceExport ?? {};
      assert.equal(accepted, exported + queued + inFlight + dropped);
    },
  },
  {
    title: "a collector that never answers does not change responses (R-P5)",
    telemetry: { shutdown: { signals: false, deadlineMs: 200 } },
    async run(world) {
      const { receiver, telemetry } = world;
      receiver.respond = () => ({ kind: "silence" });
      await assertAnswers(world);
      assert.equal(await telemetry.flush(50), false);
      await assertAnswers(world);
    },
  },
  {
    title: "a collector that refuses telemetry does not change responses, and what it refused is counted (R-P6)",
    async run(world) {
      const { receiver, telemetry } = world;
      receiver.respond = () => ({ kind: "status", status: 400 });
      await assertAnswers(world);
      // Three requests, one of them with two steps.
      const spans = 5;
      const deadline = Date.now() + 3_000;
      while ((telemetry.status().traceExport?.dropped ?? 0) < spans && Date.now() < deadline)
        await telemetry.flush(1_000);
      assert.equal(telemetry.status().traceExport?.dropped, spans);
    },
  },
];

async function assertAnswers({ send }: World): Promise<void> {
  const answers = [];
  for (const path of ["/items/1", "/nested", "/throw/sync"]) answers.push((await send(path)).status);
  assert.deepEqual(answers, [200, 200, 500]);
}

import type { RequestListener } from "node:http";
import { createTwins } from "express-shop";
import { giveRequests } from "./dummy-exchange.ts";
import type { Cost, FromCost, Spread } from "./messages.ts";

const slices = 30;
const warmUpSlices = 4;
const requestsASlice = 1_500;
const path = "/healthz";

/** Processor time of this process since the last call, all its threads and the collection of garbage included, shared among the requests. */
function stopwatch(): () => number {
  let before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    return (user + system) / requestsASlice;
  };
}

async function serve(listener: RequestListener): Promise<number> {
  const lap = stopwatch();
  await giveRequests(listener, path, requestsASlice);
  return lap();
}

async function measure(): Promise<Cost> {
  const twins = createTwins();
  const { bare, observed, telemetry } = twins;
  const bareUs: number[] = [];
  const servingUs: number[] = [];
  const deliveryUs: number[] = [];
  for (let i = -warmUpSlices; i < slices; i++) {
    // The machine's speed drifts: who comes first changes each time.
    let without = i % 2 === 0 ? await serve(bare) : 0;
    const with_ = await serve(observed);
    const lap = stopwatch();
    await telemetry.flush(5_000);
    const delivery = lap();
    if (i % 2 !== 0) without = await serve(bare);
    if (i < 0) continue;
    bareUs.push(without);
    servingUs.push(with_ - without);
    deliveryUs.push(delivery);
  }
  await twins.close();
  return {
    bareUs: spread(bareUs).median,
    servingUs: spread(servingUs),
    deliveryUs: spread(deliveryUs),
    slices,
    requestsASlice,
    observedRequests: (slices + warmUpSlices) * requestsASlice,
  };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
const cost = await measure();
process.send?.({ kind: "cost", cost } satisfies FromCost, () => process.disconnect());

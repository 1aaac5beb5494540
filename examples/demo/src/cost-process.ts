import type { RequestListener } from "node:http";
import { createTwins } from "express-shop";
import { giveRequests } from "./dummy-exchange.ts";
import type { Cost, FromCost } from "./messages.ts";

const slices = 30;
const requestsASlice = 1_500;
const path = "/healthz";

/** Microseconds of processor time of this process a request, all its threads and the collection of garbage included. */
async function slice(listener: RequestListener, after: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await giveRequests(listener, path, requestsASlice);
  await after();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requestsASlice;
}

async function measure(): Promise<Cost> {
  const twins = createTwins();
  const measureBare = (): Promise<number> => slice(twins.bare, async () => {});
  // Delivering what the slice left behind belongs to its cost.
  const measureObserved = (): Promise<number> => slice(twins.observed, () => twins.telemetry.flush(5_000));
  for (let i = 0; i < 4; i++) {
    await measureBare();
    await measureObserved();
  }
  const bareUs: number[] = [];
  const addedUs: number[] = [];
  for (let i = 0; i < slices; i++) {
    // The machine's speed drifts: who comes first changes each time.
    const first = i % 2 === 0 ? await measureBare() : await measureObserved();
    const second = i % 2 === 0 ? await measureObserved() : await measureBare();
    const [without, with_] = i % 2 === 0 ? [first, second] : [second, first];
    bareUs.push(without);
    addedUs.push(with_ - without);
  }
  await twins.close();
  return {
    bareUs: share(bareUs, 0.5),
    addedUs: share(addedUs, 0.5),
    addedLowUs: share(addedUs, 0.25),
    addedHighUs: share(addedUs, 0.75),
    slices,
    requestsASlice,
    observedRequests: (slices + 4) * requestsASlice,
  };
}

/** The value below which that share of the values lies. */
function share(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
const cost = await measure();
process.send?.({ kind: "cost", cost } satisfies FromCost, () => process.disconnect());

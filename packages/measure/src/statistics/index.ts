export { bootstrap, defaultSeed, type Estimate, mean, median, seededRandom } from "./bootstrap.ts";
export { Comparison, type Measurements, type Pair } from "./comparison.ts";
export { judge, minRounds, type Verdict } from "./judge.ts";
export { quantile } from "./quantile.ts";

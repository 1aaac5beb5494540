export { bootstrap, defaultSeed, type Estimate, mean, median, seededRandom } from "./bootstrap.ts";
export { type ComparedPair, Comparison, type Measurements } from "./comparison.ts";
export { judge, minRounds, type Verdict } from "./judge.ts";
export { quantile } from "./quantile.ts";

export { Comparison, type Pair } from "@gossamer/measure/statistics";

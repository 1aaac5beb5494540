export { bootstrap, type Estimate, mean, median, seededRandom } from "@gossamer/measure/statistics";

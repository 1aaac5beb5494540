import { expect, test } from "vitest";
import { isProbe } from "./probes.ts";

test.each([
  ["kube-probe/1.34", true],
  ["ELB-HealthChecker/2.0", true],
  ["GoogleHC/1.0", true],
  ["Consul Health Check", true],
  ["Envoy/HC", true],
  ["Amazon-Route53-Health-Check-Service (ref 8c5f1a; report http://amzn.to/1vsZADi)", true],
  ["Mozilla/5.0 (X11; Linux x86_64) kube-probe/1.34", false],
  ["Prometheus/3.5.0", false],
  ["curl/8.14.1", false],
  ["", false],
  [undefined, false],
  ["k".repeat(65_536), false],
])("the agent %j is a health check: %o (R-I1)", (agent, answer) => {
  expect(isProbe(agent)).toBe(answer);
});

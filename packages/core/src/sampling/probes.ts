/**
 * How health checks of the platforms name themselves: Kubernetes, AWS load balancers and Route 53, Google Cloud, Consul, Envoy.
 *
 * Monitoring that stands for users (uptime services, synthetic tests) is no probe, and neither is a scraper of metrics.
 */
const probeAgents = [
  "kube-probe/",
  "ELB-HealthChecker/",
  "Amazon-Route53-Health-Check-Service",
  "GoogleHC/",
  "Consul Health Check",
  "Envoy/HC",
];

const firstLetters = new Set(probeAgents.map((agent) => agent.charCodeAt(0)));

/** Whether a `user-agent` header is that of a platform's health check. Compares beginnings, so its length does not matter. */
export function isProbe(userAgent: string | undefined): boolean {
  if (userAgent === undefined || !firstLetters.has(userAgent.charCodeAt(0))) return false;
  for (const agent of probeAgents) {
    if (userAgent.startsWith(agent)) return true;
  }
  return false;
}

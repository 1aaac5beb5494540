/** What a strategy file may have, as Jaeger reads it: strategies for many services. */
export const strategyFileNames = ["default_strategy", "service_strategies", "per_service_strategies"] as const;

/** Whether what a file holds are strategies. */
export function isStrategyFile(value: unknown): boolean {
  return typeof value === "object" && value !== null && strategyFileNames.some((name) => Object.hasOwn(value, name));
}

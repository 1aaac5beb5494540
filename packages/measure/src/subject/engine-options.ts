import type { TelemetryOptions } from "@gossamer/core";
import type { StartSettings } from "./subject.ts";

/**
 * What the engine is made with: the configuration's options, with exports to the collector of this run unless they name one themselves, and
 * what is switched off.
 *
 * Each address is said, not the common one alone: a variable of the surroundings for traces must not send them to a real collector.
 */
export function engineOptions(
  { configuration, options = {}, switches, sinkUrl }: StartSettings,
  configure: ((options: TelemetryOptions, configuration: string) => TelemetryOptions) | undefined,
): TelemetryOptions {
  const given = configure === undefined ? options : configure(options, configuration);
  const { otlp = {} } = given;
  const isAddressed = [otlp.endpoint, otlp.tracesEndpoint, otlp.metricsEndpoint].some((url) => url !== undefined);
  const sink = {
    endpoint: sinkUrl,
    tracesEndpoint: `${sinkUrl}/v1/traces`,
    metricsEndpoint: `${sinkUrl}/v1/metrics`,
    protocol: "http/protobuf",
  } as const;
  return {
    serviceName: "measured",
    diagnostics: "warn",
    ...given,
    // What is measured is what was asked for: nothing is held back for being dear.
    overhead: { floor: "full", ...given.overhead },
    shutdown: { signals: false, ...given.shutdown },
    otlp: isAddressed ? otlp : { ...otlp, ...sink },
    ...switches,
  };
}

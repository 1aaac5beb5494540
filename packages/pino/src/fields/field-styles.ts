import type { LoggedService } from "@gossamer/core";
import { type Check, checks } from "@gossamer/core/adapter";
import { datadogFields } from "./datadog-fields.ts";
import { ecsFields } from "./ecs-fields.ts";
import type { FieldNames, FieldStyle } from "./field-style.ts";
import { openTelemetryFields } from "./opentelemetry-fields.ts";

const styles: Readonly<Record<FieldNames, (service: () => LoggedService) => FieldStyle>> = {
  opentelemetry: openTelemetryFields,
  ecs: ecsFields,
  datadog: datadogFields,
};

/** Whose names there are. */
export const namesCheck: Check<FieldNames> = checks.oneOf("opentelemetry", "ecs", "datadog");

/** The style of that name. The service is asked for each time: a logger may be made before it is known. */
export function fieldStyle(names: FieldNames, service: () => LoggedService): FieldStyle {
  return styles[names](service);
}

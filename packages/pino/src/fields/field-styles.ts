import type { LoggedService } from "@gossamer/core";
import { datadogFields } from "./datadog-fields.ts";
import { ecsFields } from "./ecs-fields.ts";
import type { FieldNames, FieldStyle } from "./field-style.ts";
import { openTelemetryFields } from "./opentelemetry-fields.ts";
import { optionError } from "../option-error.ts";

const styles: Readonly<Record<FieldNames, (service: () => LoggedService) => FieldStyle>> = {
  opentelemetry: openTelemetryFields,
  ecs: ecsFields,
  datadog: datadogFields,
};

/** The style of that name. The service is asked for each time: a logger may be made before it is known. Throws a `TypeError` for a name that is none. */
export function fieldStyle(names: FieldNames, service: () => LoggedService): FieldStyle {
  if (!Object.hasOwn(styles, names)) {
    throw optionError(
      `Option "fields" must be "opentelemetry", "ecs" or "datadog", got '${String(names)}'.`,
      "GSM_OPTION_RANGE",
    );
  }
  return styles[names](service);
}

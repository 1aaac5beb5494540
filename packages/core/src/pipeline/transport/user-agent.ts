import { version } from "../../model/scope.ts";

/** Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const userAgent: string = `OTel-OTLP-Exporter-Gossamer/${version}`;

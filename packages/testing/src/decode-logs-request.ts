import { attributeRecord, plainValue, type ReceivedAttributes, type ReceivedValue } from "./attribute-record.ts";
import type { ReceivedOrigin } from "./decode-trace-request.ts";
import { otlpSchema, readMessage, type SchemaLogsRequest } from "./otlp-schema.ts";

/** A log record as it was on the wire. Ids are lower-case hex, empty outside of a trace; times are nanoseconds since 1970. */
export interface ReceivedLog extends ReceivedOrigin {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: ReceivedValue;
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}

/** The records of an ExportLogsServiceRequest, flattened, in the order of the wire. Throws when the bytes are not one. */
export function decodeLogsRequest(bytes: Uint8Array): ReceivedLog[] {
  return readLogsRequest(bytes).resourceLogs.flatMap((resourceLogs) => {
    const resource = attributeRecord(resourceLogs.resource?.attributes ?? []);
    return resourceLogs.scopeLogs.flatMap(({ scope, schemaUrl, logRecords }) =>
      logRecords.map((record) => ({
        scope: {
          name: scope?.name ?? "",
          version: scope?.version ?? "",
          attributes: attributeRecord(scope?.attributes ?? []),
          schemaUrl,
        },
        resource,
        resourceSchemaUrl: resourceLogs.schemaUrl,
        timeUnixNano: BigInt(record.timeUnixNano),
        observedTimeUnixNano: BigInt(record.observedTimeUnixNano),
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        body: plainValue(record.body),
        attributes: attributeRecord(record.attributes),
        droppedAttributesCount: record.droppedAttributesCount,
        flags: record.flags,
        traceId: record.traceId.toString("hex"),
        spanId: record.spanId.toString("hex"),
        eventName: record.eventName,
      })),
    );
  });
}

/** The whole request with nothing flattened or converted. */
export function readLogsRequest(bytes: Uint8Array): SchemaLogsRequest {
  return readMessage(otlpSchema.logs.v1.ExportLogsServiceRequest, bytes);
}

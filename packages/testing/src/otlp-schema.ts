import { createRequire } from "node:module";
import { checks } from "@gossamer/core/adapter";

/** A message of the published schema: the few functions of its generated code that are used here. */
export interface SchemaMessage<Message> {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Message;
  encode(message: object): { finish(): Uint8Array };
}

/** 64-bit integers as decimal text, so that nothing is rounded; every field present, with the default of its kind. */
const plain = { longs: String, enums: Number, defaults: true, arrays: true, oneofs: true };

interface Schema {
  readonly collector: {
    readonly trace: {
      readonly v1: {
        readonly ExportTraceServiceRequest: SchemaMessage<SchemaTraceRequest>;
        readonly ExportTraceServiceResponse: SchemaMessage<unknown>;
      };
    };
    readonly metrics: {
      readonly v1: {
        readonly ExportMetricsServiceRequest: SchemaMessage<SchemaMetricsRequest>;
        readonly ExportMetricsServiceResponse: SchemaMessage<unknown>;
      };
    };
    readonly logs: {
      readonly v1: {
        readonly ExportLogsServiceRequest: SchemaMessage<SchemaLogsRequest>;
        readonly ExportLogsServiceResponse: SchemaMessage<unknown>;
      };
    };
  };
}

const generated = createRequire(import.meta.url)("otlp-schema/build/src/generated/root.js") as {
  readonly opentelemetry: { readonly proto: Schema };
};

/** The OpenTelemetry protocol as its authors publish it, decoded by protobufjs: nothing in it is ours. */
export const otlpSchema: Schema["collector"] = generated.opentelemetry.proto.collector;

/** Those of a test that runs in a realm of its own, as Jest's, are none of this realm's. */
const bytesCheck = checks.check("object", "bytes, as a Uint8Array", (value): value is Uint8Array =>
  ArrayBuffer.isView(value),
);

/** The message in the bytes as a plain object. Throws when they are not that message. */
export function readMessage<Message>(type: SchemaMessage<Message>, bytes: Uint8Array): Message {
  return type.toObject(type.decode(bytesCheck.validate(bytes, "bytes")), plain);
}

export interface SchemaAnyValue {
  readonly value?:
    | "stringValue"
    | "boolValue"
    | "intValue"
    | "doubleValue"
    | "arrayValue"
    | "kvlistValue"
    | "bytesValue";
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly SchemaAnyValue[] };
  readonly kvlistValue?: { readonly values: readonly SchemaKeyValue[] };
  readonly bytesValue?: Buffer;
}

export interface SchemaKeyValue {
  readonly key: string;
  readonly value: SchemaAnyValue | null;
}

export interface SchemaScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly SchemaKeyValue[];
}

export interface SchemaResource {
  readonly attributes: readonly SchemaKeyValue[];
}

export interface SchemaTraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: SchemaResource | null;
    readonly schemaUrl: string;
    readonly scopeSpans: readonly {
      readonly scope: SchemaScope | null;
      readonly schemaUrl: string;
      readonly spans: readonly SchemaSpan[];
    }[];
  }[];
}

export interface SchemaSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly SchemaKeyValue[];
  readonly droppedAttributesCount: number;
  readonly events: readonly {
    readonly name: string;
    readonly timeUnixNano: string;
    readonly attributes: readonly SchemaKeyValue[];
    readonly droppedAttributesCount: number;
  }[];
  readonly droppedEventsCount: number;
  readonly links: readonly {
    readonly traceId: Buffer;
    readonly spanId: Buffer;
    readonly traceState: string;
    readonly flags: number;
    readonly attributes: readonly SchemaKeyValue[];
    readonly droppedAttributesCount: number;
  }[];
  readonly droppedLinksCount: number;
  readonly status: { readonly code: number; readonly message: string } | null;
}

export interface SchemaLogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: SchemaResource | null;
    readonly schemaUrl: string;
    readonly scopeLogs: readonly {
      readonly scope: SchemaScope | null;
      readonly schemaUrl: string;
      readonly logRecords: readonly SchemaLogRecord[];
    }[];
  }[];
}

export interface SchemaLogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: SchemaAnyValue | null;
  readonly attributes: readonly SchemaKeyValue[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly eventName: string;
}

export interface SchemaMetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: SchemaResource | null;
    readonly schemaUrl: string;
    readonly scopeMetrics: readonly {
      readonly scope: SchemaScope | null;
      readonly schemaUrl: string;
      readonly metrics: readonly SchemaMetric[];
    }[];
  }[];
}

export interface SchemaMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly data?: "gauge" | "sum" | "histogram" | "exponentialHistogram" | "summary";
  readonly gauge?: { readonly dataPoints: readonly SchemaNumberPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly SchemaNumberPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
  readonly histogram?: {
    readonly dataPoints: readonly SchemaHistogramPoint[];
    readonly aggregationTemporality: number;
  };
  readonly exponentialHistogram?: {
    readonly dataPoints: readonly SchemaExponentialPoint[];
    readonly aggregationTemporality: number;
  };
  readonly summary?: { readonly dataPoints: readonly SchemaSummaryPoint[] };
}

export interface SchemaPoint {
  readonly attributes: readonly SchemaKeyValue[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly flags: number;
}

export interface SchemaNumberPoint extends SchemaPoint {
  readonly value?: "asInt" | "asDouble";
  readonly asInt?: string;
  readonly asDouble?: number;
}

export interface SchemaHistogramPoint extends SchemaPoint {
  readonly count: string;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
}

export interface SchemaExponentialPoint extends SchemaPoint {
  readonly count: string;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly scale: number;
  readonly zeroCount: string;
  readonly zeroThreshold: number;
  readonly positive: SchemaBuckets | null;
  readonly negative: SchemaBuckets | null;
}

export interface SchemaBuckets {
  readonly offset: number;
  readonly bucketCounts: readonly string[];
}

export interface SchemaSummaryPoint extends SchemaPoint {
  readonly count: string;
  readonly sum: number;
  readonly quantileValues: readonly { readonly quantile: number; readonly value: number }[];
}

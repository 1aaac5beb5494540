import type { Resource } from "../model/resource.ts";
import type { Scope } from "../model/scope.ts";
import { ProtobufWriter, varintSize } from "./protobuf-writer.ts";
import type { EncodedChunk } from "./encoded-chunk.ts";
import { isText, writeResource, writeScope } from "./write-origin.ts";

// Requests of spans and of log records have the same frame.
const resourceField = 1;
const scopeField = 2;
const schemaUrlField = 3;

/**
 * Puts chunks into one `ExportTraceServiceRequest` or `ExportLogsServiceRequest`, items of a scope together, without copying one.
 *
 * Source: opentelemetry/proto/collector/trace/v1/trace_service.proto, …/logs/v1/logs_service.proto
 */
export function exportRequestParts(resource: Resource, chunks: readonly EncodedChunk[]): Uint8Array[] {
  const origin = new ProtobufWriter(1024);
  writeResource(origin, 1, resource);
  const parts: Uint8Array[] = [origin.bytes()];
  for (const [scope, ranges] of rangesByScope(chunks)) parts.push(...scopeParts(scope, ranges));
  if (isText(resource.schemaUrl)) parts.push(schemaUrl(resource.schemaUrl));
  parts.unshift(messageHead(resourceField, totalBytes(parts)));
  return parts;
}

function rangesByScope(chunks: readonly EncodedChunk[]): Map<Scope, Uint8Array[]> {
  const byScope = new Map<Scope, Uint8Array[]>();
  for (const { bytes, ends, segments } of chunks) {
    for (const [i, { scope, first }] of segments.entries()) {
      const next = segments[i + 1]?.first ?? ends.length;
      const range = bytes.subarray(first === 0 ? 0 : ends[first - 1], ends[next - 1]);
      const ranges = byScope.get(scope);
      if (ranges === undefined) byScope.set(scope, [range]);
      else ranges.push(range);
    }
  }
  return byScope;
}

function scopeParts(scope: Scope, ranges: readonly Uint8Array[]): Uint8Array[] {
  const head = new ProtobufWriter(256);
  writeScope(head, 1, scope);
  const parts = [head.bytes(), ...ranges];
  if (isText(scope.schemaUrl)) parts.push(schemaUrl(scope.schemaUrl));
  return [messageHead(scopeField, totalBytes(parts)), ...parts];
}

function schemaUrl(url: string): Uint8Array {
  const writer = new ProtobufWriter(256);
  writer.stringField(schemaUrlField, url);
  return writer.bytes();
}

/** The tag and length of a length-delimited field. */
function messageHead(field: number, length: number): Uint8Array {
  const head = new Uint8Array(1 + varintSize(length));
  head[0] = (field << 3) | 2;
  let at = 1;
  let rest = length;
  while (rest > 127) {
    head[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  head[at] = rest;
  return head;
}

function totalBytes(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
}

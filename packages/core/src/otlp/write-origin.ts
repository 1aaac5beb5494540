import type { Resource } from "../model/resource.ts";
import type { Scope } from "../model/scope.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { writeAttributes } from "./write-attribute.ts";

/** Writes a `Resource` message. */
export function writeResource(writer: ProtobufWriter, field: number, resource: Resource): void {
  const message = writer.open(field);
  writeAttributes(writer, 1, resource.attributes);
  writer.close(message);
}

/** Writes an `InstrumentationScope` message. */
export function writeScope(writer: ProtobufWriter, field: number, scope: Scope): void {
  const message = writer.open(field);
  if (isText(scope.name)) writer.stringField(1, scope.name);
  if (isText(scope.version)) writer.stringField(2, scope.version);
  writer.close(message);
}

/** Whether there is something to write. JavaScript may give anything as a library's name or schema: what is no text is left out, and the rest goes. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

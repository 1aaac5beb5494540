import { createRequire } from "node:module";

interface Message {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  fromObject(plain: object): object;
  toObject(message: object, options: object): unknown;
}

interface Service {
  readonly v1: Readonly<Record<string, Message>>;
}

const { opentelemetry } = createRequire(import.meta.url)("otlp-schema/build/src/generated/root.js") as {
  readonly opentelemetry: { readonly proto: { readonly collector: Readonly<Record<string, Service>> } };
};

/** A message of the protocol as its authors publish it: `published("trace", "ExportTraceServiceRequest")`. */
function published(signal: "trace" | "metrics" | "logs", name: string): Message {
  const message = opentelemetry.proto.collector[signal]?.v1[name];
  if (message === undefined) throw new Error(`The schema has no ${name}.`);
  return message;
}

/** A request as protobuf. Ids are base64, as in protobuf's own JSON. */
export function encoded(signal: "trace" | "metrics" | "logs", name: string, plain: object): Buffer {
  const message = published(signal, name);
  return Buffer.from(message.encode(message.fromObject(plain)).finish());
}

/** An answer in protobuf, with what is set in it. */
export function decoded(signal: "trace" | "metrics" | "logs", name: string, bytes: Uint8Array): unknown {
  const message = published(signal, name);
  return message.toObject(message.decode(bytes), { longs: Number });
}

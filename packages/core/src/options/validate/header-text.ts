/** Completes "must be …" for a header's name. */
export const headerNameText = "the name of an HTTP header";

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What describes the body or the connection; another value would break the export. */
const reserved: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "transfer-encoding",
]);

/** Whether it is a token of RFC 9110 §5.6.2, at most 256 characters. Methods keep the same grammar. */
export function isHeaderName(name: string): boolean {
  return token.test(name);
}

/** Whether Node would send it: RFC 9110 §5.5, in Latin-1. */
export function isHeaderValue(value: string): boolean {
  return fieldValue.test(value);
}

/** Whether the exporter sets it itself. The name must be in lower case. */
export function isReservedHeader(name: string): boolean {
  return reserved.has(name);
}

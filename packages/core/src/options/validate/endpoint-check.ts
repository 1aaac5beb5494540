import { check, type Check } from "./checks.ts";

/** The address of a collector. */
export const endpointCheck: Check<string> = check(
  "string",
  "a URL that begins with http:// or https://",
  (value): value is string => typeof value === "string" && parseHttpUrl(value) !== undefined,
);

function parseHttpUrl(address: string): URL | undefined {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address);
}

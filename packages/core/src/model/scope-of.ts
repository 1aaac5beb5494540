import type { Scope } from "./scope.ts";

/** As long as any name, version or address of a schema that means something. */
const maxLength = 1_024;

/** The scope that a library asks a provider of ours for. It may give anything: what is no text is left out, what is too long is cut. */
export function scopeOf(name: unknown, version: unknown, options: unknown): Scope {
  return { name: text(name), version: text(version), schemaUrl: schemaUrlOf(options) };
}

/** Equal for scopes that are one library. */
export function scopeKey({ name, version, schemaUrl = "" }: Scope): string {
  return `${name}\n${version}\n${schemaUrl}`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, maxLength) : "";
}

function schemaUrlOf(options: unknown): string | undefined {
  try {
    const url = text((options as { readonly schemaUrl?: unknown } | null | undefined)?.schemaUrl);
    return url === "" ? undefined : url;
  } catch {
    // A getter of somebody else's.
    return undefined;
  }
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "app.js": "text/javascript; charset=utf-8",
  "app.css": "text/css; charset=utf-8",
};
const known = new Map<string, Asset>();

/** A file of the page, by its name; undefined for any other name, and where the page was not built. */
export function assetOf(name: string): Asset | undefined {
  if (!Object.hasOwn(types, name)) return undefined;
  const asset = known.get(name) ?? read(name);
  if (asset !== undefined) known.set(name, asset);
  return asset;
}

function read(name: string): Asset | undefined {
  try {
    const body = readFileSync(new URL(`../page/${name}`, import.meta.url));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    return { body, type: types[name] ?? "", etag };
  } catch {
    return undefined;
  }
}

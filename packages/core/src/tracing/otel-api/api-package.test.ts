import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { apiPackage } from "./api-package.ts";

test("the installed API is found as Node finds it, with its version and the module that import gives (R-I6)", () => {
  const required = createRequire(import.meta.url).resolve("@opentelemetry/api");
  const found = apiPackage();
  expect(required.startsWith(join(found?.folder ?? "?", "/"))).toBe(true);
  const manifest = JSON.parse(readFileSync(join(dirname(dirname(required)), "package.json"), "utf8")) as {
    version: string;
  };
  expect(found?.version).toBe(manifest.version);
  expect(found?.module).toMatch(/\.mjs$/);
  expect(existsSync(join(found?.folder ?? "?", found?.module ?? "?"))).toBe(true);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "coming-from.md"), "utf8");

/** What a section's table names in its left column. */
function befores(section: string): string[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  return [...text.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

const textOf = (name: string, file: string): string =>
  readFileSync(join(dirname(require.resolve(`${name}/package.json`)), file), "utf8");

/** A call as it is written, such as `tracer.scope().active()`, on the objects that the page calls so. */
function reach(written: string, objects: Readonly<Record<string, object>>): unknown {
  const [first = "", ...rest] = written.split(".");
  let at: unknown = objects[first];
  for (const name of rest) {
    const member: unknown = Reflect.get(Object(at) as object, name.replace("()", ""));
    at = name.endsWith("()") && typeof member === "function" ? Reflect.apply(member, at, []) : member;
  }
  return at;
}

test("what the page says of dd-trace is there in the version that is measured (R-D6)", () => {
  const names = befores("dd-trace");
  const variables = names.filter((name) => name.startsWith("DD_"));
  assert.ok(variables.length > 5);
  const known = textOf("dd-trace", "packages/dd-trace/src/config/supported-configurations.json");
  for (const name of variables) assert.match(known, new RegExp(`"${name}"`));
  const tracer = require("dd-trace") as { startSpan(name: string): object };
  const calls = names.filter((name) => !name.startsWith("DD_"));
  assert.ok(calls.length > 3);
  for (const written of calls) {
    // Outside of any span none is active.
    const method = written.replace(/\(\)$/, "");
    assert.equal(typeof reach(method, { tracer, span: tracer.startSpan("one") }), "function", written);
  }
});

test("what the page says of elastic-apm-node is there in the version that is measured (R-D6)", () => {
  const names = befores("elastic-apm-node").filter((name) => !name.startsWith("@"));
  const variables = names.filter((name) => name.startsWith("ELASTIC_APM_"));
  assert.ok(variables.length > 5);
  const known = textOf("elastic-apm-node", "lib/config/schema.js");
  for (const name of variables) assert.match(known, new RegExp(`'${name}'`));
  const apm = require("elastic-apm-node") as object;
  const calls = names.filter((name) => name.startsWith("apm."));
  assert.ok(calls.length > 3);
  for (const written of calls)
    assert.ok(Object.hasOwn(Object(apm) as object, written.slice(4)) || written.slice(4) in apm, written);
});

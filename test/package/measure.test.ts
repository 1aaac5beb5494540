import { expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { lastLine, runNode } from "./consumers.ts";

const { folders, node22 } = await installed(inject("consumers"));

it("measures a service where it is installed (R-O6)", () => measure(process.execPath));

it("measures a service on Node 22 (R-O6)", () => measure(node22));

async function measure(node: string): Promise<void> {
  const ended = await runNode(["measure.mjs"], { cwd: folders["1.10.0"], node });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  const { table, spans, rss } = lastLine(ended) as { table: string; spans: number; rss: boolean };
  expect(table).toMatch(/^CPU a request, µs /m);
  expect(spans).toBeGreaterThanOrEqual(100);
  expect(rss).toBe(true);
}

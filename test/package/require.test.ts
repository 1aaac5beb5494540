import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { lastLine, runNode } from "./consumers.ts";

const { folders, node22 } = await installed(inject("consumers"));
const folder = folders["1.10.0"];

describe("an Express app that takes the package as it comes", () => {
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  it("`require` works, and what the app did is delivered when it ends by itself (R-A1)", async () => {
    await observe("app.cjs", process.execPath);
  });

  it("`import` works, and what the app did is delivered when it ends by itself (R-A1)", async () => {
    await observe("app.mjs", process.execPath);
  });

  it("`require` works on Node 22 (R-A1)", async () => {
    const { node } = await observe("app.cjs", node22);
    expect(node).toMatch(/^22\./);
  });

  async function observe(program: string, node: string): Promise<{ node: string }> {
    const ended = await runNode([program], { cwd: folder, endpoint: receiver.url, node });
    const seen = lastLine(ended) as { node: string; status: number; body: unknown };
    expect(seen).toMatchObject({ status: 200, body: { hello: "world" } });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans.map((span) => span.name)).toEqual(["GET /hello/:name"]);
    const points = receiver.latestPoints("http.server.request.duration");
    expect(points.map((point) => [point.attributes["http.route"], Number(point.count)])).toEqual([["/hello/:name", 1]]);
    return seen;
  }
});

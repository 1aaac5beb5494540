import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { lastLine, runNode } from "./consumers.ts";

const { folders, home } = await installed(inject("consumers"));

// Express is CommonJS: inside of an ESM bundle it needs a `require` for the modules of Node.
const requireInEsm =
  'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';

const cases = [
  { format: "esm", from: "app.mjs", extension: "mjs", banner: requireInEsm },
  { format: "cjs", from: "app.cjs", extension: "cjs", banner: "" },
] as const;

describe.each(cases)("one file made by esbuild, $format", ({ format, from, extension, banner }) => {
  let receiver: OtlpReceiver;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  it("runs where nothing is installed, and delivers (R-A1)", async () => {
    const alone = join(home, `bundle-${format}`);
    mkdirSync(alone, { recursive: true });
    const bundle = join(alone, `app.${extension}`);
    const { warnings } = await build({
      entryPoints: [join(folders["1.10.0"], from)],
      outfile: bundle,
      bundle: true,
      platform: "node",
      target: "node22",
      format,
      banner: { js: banner },
      logLevel: "silent",
    });
    expect(warnings.map((warning) => warning.text)).toEqual([]);

    const ended = await runNode([bundle], { cwd: alone, endpoint: receiver.url });
    expect(lastLine(ended)).toMatchObject({ status: 200, body: { hello: "world" } });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans.map((span) => span.name)).toEqual(["GET /hello/:name"]);
    expect(receiver.latestPoints("http.server.request.duration")).toHaveLength(1);
  });
});

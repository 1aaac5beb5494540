import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { writeFileSync } from "node:fs";
import { startOtlpReceiver } from "@gossamer/testing";
import { describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { lastLine, runNode } from "./consumers.ts";

const { folders, node22 } = await installed(inject("consumers"));
const folder = folders["1.10.0"];
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

describe("a Fastify app that takes the package as it comes", () => {
  it("`require` works, and closing the app delivers what it did (R-A2, R-P9)", () =>
    observe("fastify-app.cjs", process.execPath));

  it("`import` works, and closing the app delivers what it did (R-A2, R-P9)", () =>
    observe("fastify-app.mjs", process.execPath));

  it("`require` works on Node 22 (R-A2)", () => observe("fastify-app.cjs", node22));

  it.each(Object.entries(folders))(
    "its types compile beside API %s, libraries checked too, and know a route's options, and refuse a misspelt one (R-A2, R-S5, E7)",
    async (_version, cwd) => {
      const compilerOptions = {
        module: "nodenext",
        target: "es2022",
        lib: ["es2023"],
        types: ["node"],
        strict: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        noEmit: true,
      };
      const project = join(cwd, "tsconfig.fastify.json");
      writeFileSync(project, JSON.stringify({ compilerOptions, files: ["fastify-service.ts"] }));
      const { code, stdout, stderr } = await runNode([compiler, "-p", project], { cwd });
      expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: "" });
    },
  );
});

async function observe(program: string, node: string): Promise<void> {
  const receiver = await startOtlpReceiver();
  try {
    const ended = await runNode([program], { cwd: folder, endpoint: receiver.url, node });
    expect(lastLine(ended)).toMatchObject({ status: 200, body: { hello: "world" } });
    expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans.map(({ name, attributes }) => [name, attributes["kind"]])).toEqual([
      ["GET /hello/:name", "greeting"],
    ]);
    const [point] = receiver.latestPoints("http.server.request.duration");
    expect([point?.attributes["http.route"], Number(point?.count)]).toEqual(["/hello/:name", 1]);
  } finally {
    await receiver.close();
  }
}

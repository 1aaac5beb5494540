import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { writeFileSync } from "node:fs";
import { startOtlpReceiver } from "@gossamer/testing";
import { describe, expect, inject, it } from "vitest";
import { installed } from "../setup/install-meanwhile.ts";
import { runNode } from "./consumers.ts";
import { ask, paste, quickStart } from "./pasted-app.ts";

const { folders } = await installed(inject("consumers"));
const folder = folders["1.10.0"];
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const times = 5;

describe.each(["express", "fastify"] as const)("the README's quick start for %s, pasted into a new app", (name) => {
  it.each(["mjs", "mts"])("delivers spans and metrics, as .%s (R-A1, R-A2, E4)", async (extension) => {
    const receiver = await startOtlpReceiver();
    try {
      const app = await paste(quickStart(name), join(folder, "quick-start"), `${name}.${extension}`);
      const answered: number[] = [];
      let asking: Promise<void> | undefined;
      const stop = new AbortController();
      const ended = await runNode([app.file], {
        cwd: app.folder,
        endpoint: receiver.url,
        onStart: (end) => {
          asking = ask(app, times, stop.signal)
            .then((statuses) => answered.push(...statuses))
            .then(() => end("SIGTERM"));
        },
      });
      stop.abort();
      await asking?.catch(() => undefined);
      expect(answered, `${ended.stdout}\n${ended.stderr}`).toEqual(Array.from({ length: times }, () => 200));
      expect(ended.signal ?? ended.code, ended.stderr).toBeOneOf([0, "SIGTERM"]);
      const own = receiver.spans.filter((span) => span.attributes["http.route"] === app.route);
      expect(own.map((span) => span.name)).toEqual(Array.from({ length: times }, () => `GET ${app.route}`));
      expect(receiver.spans.filter((span) => span.name === "compose")).toHaveLength(times);
      const points = receiver.latestPoints("http.server.request.duration");
      const counted = points.filter((point) => point.attributes["http.route"] === app.route);
      expect(counted.reduce((sum, point) => sum + Number(point.count), 0)).toBe(times);
    } finally {
      await receiver.close();
    }
  });

  it("compiles as TypeScript, strictly (E4)", async () => {
    const app = await paste(quickStart(name), join(folder, "quick-start"), `${name}-typed.mts`);
    const project = join(app.folder, `tsconfig.${name}.json`);
    const compilerOptions = {
      module: "nodenext",
      target: "es2022",
      lib: ["es2023"],
      types: ["node"],
      strict: true,
      noEmit: true,
    };
    writeFileSync(project, JSON.stringify({ compilerOptions, files: [app.file] }));
    const { code, stdout, stderr } = await runNode([compiler, "-p", project], { cwd: app.folder });
    expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: "" });
  });
});

import { join } from "node:path";
import { startOtlpReceiver } from "@gossamer/testing";
import { expect, inject, it } from "vitest";
import { runNode } from "../package/consumers.ts";
import { ask, paste, quickStart } from "../package/pasted-app.ts";
import { installed } from "../setup/install-meanwhile.ts";

const { jest: folder } = await installed(inject("nest11"));
const times = 5;
/** TypeScript checks the app each time. */
const timeoutMs = 110_000;

it(
  "the README's quick start for Nest, pasted into Nest's own starter, compiles and delivers spans and metrics (R-A3, E4)",
  { timeout: timeoutMs + 10_000 },
  async () => {
    const receiver = await startOtlpReceiver();
    try {
      const app = await paste(quickStart("nest"), join(folder, "src"), "quick-start.ts");
      const answered: number[] = [];
      const stop = new AbortController();
      let asking: Promise<void> | undefined;
      const ended = await runNode(["-r", "ts-node/register", "-r", "reflect-metadata", join("src", app.file)], {
        cwd: folder,
        endpoint: receiver.url,
        timeoutMs,
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
      expect(receiver.spans.filter(({ name }) => name === `GET ${app.route}`)).toHaveLength(times);
      expect(receiver.spans.filter(({ name }) => name === "compose")).toHaveLength(times);
    } finally {
      await receiver.close();
    }
  },
);

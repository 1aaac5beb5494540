import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { type BoardPanel, filledIn, panelsOf } from "../../scripts/boards/board.ts";
import { boards } from "../../scripts/boards/boards.ts";
import { collectorMetrics } from "../../scripts/boards/collector-metrics.ts";
import { type AnsweredSeries, drawBoard, type PanelAnswers } from "../../scripts/boards/draw-board.ts";
import { collectorProgram } from "../../scripts/collector-program.ts";
import { startGrpcCollector } from "../faults/grpc-collector.ts";
import { atEnd } from "../faults/world.ts";
import { buildMs, startCollector } from "./collector/collector.ts";
import { startFedShop } from "./fed-shop.ts";
import { type PrometheusServer, startPrometheus } from "./prometheus-server.ts";

// The shop with the demo's visitors sends to a real collector, and a real Prometheus scrapes both. `pnpm dashboards:draw` draws what it answers.

beforeAll(async () => void (await collectorProgram()), buildMs);

async function answersOf(
  prometheus: PrometheusServer,
  { queries }: BoardPanel,
  [start, end]: readonly [number, number],
): Promise<PanelAnswers> {
  return Promise.all(
    queries.map(async ({ expression }) => {
      const query = new URLSearchParams({
        query: filledIn(expression, "5s"),
        start: `${start}`,
        end: `${end}`,
        step: "1",
      });
      const data = await prometheus.ask<{ result: readonly AnsweredSeries[] }>(`query_range?${query.toString()}`);
      if (data === undefined) throw new Error(`Prometheus does not take: ${filledIn(expression, "5s")}`);
      return data.result;
    }),
  );
}

test("every panel of every board has something to show of a shop whose collector, and whose collector's backend, go away (R-D2)", async () => {
  const backend = await startGrpcCollector();
  atEnd(() => backend.stop());
  const collector = await startCollector({
    files: ["gateway.yaml"],
    env: { BACKEND_ENDPOINT: `127.0.0.1:${backend.port}` },
    changes: {
      processors: { tail_sampling: { decision_wait: "1s" } },
      exporters: {
        otlp_grpc: { sending_queue: { batch: { flush_timeout: "200ms" } }, retry_on_failure: { enabled: false } },
      },
    },
  });
  const shop = await startFedShop(collector.http);
  atEnd(() => shop.stop());
  const prometheus = await startPrometheus({ "express-shop": shop.metrics, gateway: collector.metrics });
  atEnd(() => prometheus.stop());
  const start = Math.trunc(Date.now() / 1_000);

  await delay(10_000);
  // The lane fills, tries fail, the breaker opens.
  await collector.stop("SIGKILL");
  await delay(8_000);
  await expect
    .poll(() => shop.telemetry.status().traceExport?.exporters[0]?.breaker, { timeout: 60_000 })
    .not.toBe("closed");
  await collector.start();
  shop.telemetry.governor.set("ratio");
  await delay(6_000);
  shop.telemetry.governor.set(undefined);
  // What the gateway lets through reaches nobody.
  await backend.stop();
  await delay(9_000);

  let span = [start, start] as const;
  const silent = async (): Promise<string[]> => {
    span = [start, Math.ceil(Date.now() / 1_000)];
    const found: string[] = [];
    for (const board of boards) {
      const answers = new Map<BoardPanel, PanelAnswers>();
      for (const panel of panelsOf(board)) {
        const answered = await answersOf(prometheus, panel, span);
        answers.set(panel, answered);
        answered.forEach((series, i) => {
          if (!series.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value)))))
            found.push(`${board.title}: ${panel.title}: ${panel.queries[i]?.expression}`);
        });
      }
      draw(
        board.name,
        drawBoard(board, (panel) => answers.get(panel) ?? [], { caption, span }),
      );
    }
    return found;
  };
  await expect.poll(silent, { timeout: 60_000, interval: 3_000 }).toEqual([]);
  const exemplars = await prometheus.ask<readonly unknown[]>(
    `query_exemplars?query=http_server_request_duration_seconds_bucket&start=${span[0]}&end=${span[1]}`,
  );
  expect(exemplars?.length).toBeGreaterThan(0);
  const told = await (await fetch(`http://${collector.metrics}/metrics`)).text();
  const untold = Object.entries(collectorMetrics).filter(([name, kind]) => !told.includes(`# TYPE ${name} ${kind}\n`));
  expect(untold, "what a real collector does not tell any more").toEqual([]);
}, 300_000);

const caption =
  "The shop of the examples with the demo's visitors: its collector is away from second 10 to 18, the collector's backend from second 24 on.";

function draw(name: string, picture: string): void {
  const folder = process.env["GOSSAMER_DRAW_BOARDS"];
  if (folder === undefined) return;
  mkdirSync(resolve(folder), { recursive: true });
  writeFileSync(join(resolve(folder), `${name}.svg`), picture);
}

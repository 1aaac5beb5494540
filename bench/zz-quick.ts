import { drive } from "./harness/in-process-client.ts";
import { createOrdersService } from "./contestants/orders-service.ts";
import { AsyncLocalStorage } from "node:async_hooks"; const st = new AsyncLocalStorage<object>(); const counts = new Array(16).fill(0); const mkFloor = () => createOrdersService((app) => { app.use((_q, res, next) => { const start = performance.now(); res.on("close", () => { counts[Math.min(15, performance.now() - start) | 0]!++; }); st.run({ start }, next); }); });
import { createTelemetry } from "@gossamer/core";
import { telemetry } from "@gossamer/express";
const which = (process.argv[2] ?? "bare,floor,g").split(",");
const ratio = Number(process.argv[3] ?? 0);
const N = Number(process.argv[4] ?? 4000);
const rounds = Number(process.argv[5] ?? 25);
const servers: Record<string, any> = {};
if (which.includes("bare")) servers.bare = createOrdersService();
if (which.includes("floor")) servers.floor = mkFloor();
if (which.includes("g")) { const e = createTelemetry({ sampleRatio: ratio, otlp: { endpoint: "http://127.0.0.1:9", compression: "none" }, shutdown: { signals: false }, diagnostics: "none" }); servers.g = createOrdersService((app) => app.use(telemetry(e))); setTimeout(() => {}, 0); process.on("exit", () => {}); (globalThis as any).e = e; }
const path = process.env.P ?? "/orders/42";
const reqs = [{ method: "GET", target: path, headers: ["host", "localhost:3000", "user-agent", "bench/1", "accept", "*/*", "accept-encoding", "gzip"] }];
const cost: Record<string, number[]> = {};
for (let r = 0; r < rounds; r++) for (const n of Object.keys(servers)) {
  const c = process.cpuUsage(); await drive(servers[n], reqs, N); const d = process.cpuUsage(c);
  if (r > 5) (cost[n] ??= []).push((d.user + d.system) / N);
}
const med = (a: number[]) => [...a].sort((x, y) => x - y)[a.length >> 1]!;
for (const n in cost) console.log(n, med(cost[n]!).toFixed(2), "us", cost.bare ? "+" + (med(cost[n]!) - med(cost.bare!)).toFixed(2) : "");
process.exit(0);

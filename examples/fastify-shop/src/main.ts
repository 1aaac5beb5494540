import { startShop } from "./serve.ts";

const shop = await startShop({
  port: Number(process.env["PORT"] ?? 3_000),
  logLevel: process.env["LOG_LEVEL"] ?? "info",
});

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void shop.stop());

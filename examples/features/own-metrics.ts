// A counter and a histogram of your own, with their attributes.
import { createTestTelemetry } from "@gossamer/testing";

const test = createTestTelemetry();
const meter = test.telemetry.meterProvider.getMeter("shop");
const orders = meter.createCounter("shop.orders");
orders.add(1, { country: "NO" });
orders.add(2, { country: "NO" });
orders.add(1, { country: "CH" });

for (const { attributes, value } of await test.points("shop.orders")) console.log(attributes["country"], value);
await test.stop();

// Prints:
// NO 3
// CH 1

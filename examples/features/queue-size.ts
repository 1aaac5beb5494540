// How large a queue must be to bridge an outage.
import { sizeQueue } from "@gossamer/core/batcher";

console.log(sizeQueue({ spansPerSecond: 1000, delayMs: 5000 }));

// Prints:
// 7500

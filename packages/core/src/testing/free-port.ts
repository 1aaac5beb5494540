import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below what Linux, macOS and Windows give to `listen(0)` and to outgoing connections, above the last port that `fetch` refuses. */
const [lowest, highest] = [11_000, 32_000];

/**
 * A port of 127.0.0.1 where nothing listens, and nothing will that asks the system for any port: what listens on it later, or expects that nobody
 * answers, is not disturbed by tests that run beside it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + randomInt(highest - lowest);
    const server = createServer();
    try {
      // On every address, as what listens there later may.
      await once(server.listen(port), "listening");
    } catch {
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}

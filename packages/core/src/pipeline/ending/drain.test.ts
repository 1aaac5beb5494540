import { describe, expect, it } from "vitest";
import { drain } from "./drain.ts";

describe("drain", () => {
  it("closes connections as they fall idle, and is done when all servers are closed (R-P9)", async () => {
    let rounds = 0;
    let closed = (): void => {};
    const server = {
      close: (done?: () => void) => {
        closed = done ?? closed;
      },
      closeIdleConnections: () => {
        if (++rounds === 3) closed();
      },
    };
    const stopped = { close: (done?: (error?: Error) => void) => done?.(new Error("not running")) };
    await expect(drain([server, stopped], 60_000)).resolves.toBe(true);
    expect(rounds).toBe(3);
  });

  it("stops waiting at its deadline, and survives servers that throw (R-P9)", async () => {
    const throwing = {
      close: (): void => {
        throw new Error("broken");
      },
    };
    await expect(drain([throwing], 60_000)).resolves.toBe(true);
    await expect(drain([{ close: () => {} }, throwing], 30)).resolves.toBe(false);
  });
});

import { expect, test } from "vitest";
import type { OverheadOptions, TelemetryOptions } from "../declare/telemetry-options.ts";
import { resolveOptions } from "../resolve-options.ts";
import type { OverheadSettings } from "./overhead-settings.ts";

function settled(overhead: OverheadOptions = {}, others: TelemetryOptions = {}): OverheadSettings | undefined {
  return resolveOptions({ ...others, overhead }, {}).settings.overhead;
}

test("thresholds of memory lie below what telemetry may hold at all: above it nothing is ever held (R-O4)", () => {
  const megabyte = 1_048_576;
  const small = settled({}, { maxMemoryBytes: 10 * megabyte });
  expect(small?.memory).toEqual({ warnBytes: 8 * megabyte, criticalBytes: 9.5 * megabyte, everyMs: 60_000 });
  const large = settled({}, { maxMemoryBytes: 1_024 * megabyte });
  expect(large?.memory).toMatchObject({ warnBytes: 100 * megabyte, criticalBytes: 500 * megabyte });
});

test("of two thresholds of memory the one that was not given makes way (R-O4)", () => {
  expect(settled({ memory: { criticalBytes: 50_000_000 } })?.memory).toMatchObject({
    warnBytes: 40_000_000,
    criticalBytes: 50_000_000,
  });
  expect(settled({ memory: { warnBytes: 600_000_000 } }, { maxMemoryBytes: 1_000_000_000 })?.memory).toMatchObject({
    warnBytes: 600_000_000,
    criticalBytes: 750_000_000,
  });
});

test("one look is enough from five times the usual target on, or from a target that is higher (R-O2)", () => {
  expect([settled()?.red, settled({ target: 0.2 })?.red, settled({ red: 0.03 })?.red]).toEqual([0.05, 0.2, 0.03]);
});

test("a target that a preset chose gives way to what the code calls far above it (R-C1)", () => {
  expect(settled({ red: 0.03 }, { preset: "debug" })).toMatchObject({ target: 0.03, red: 0.03 });
});

test("parts that are switched off are off, and those that are given in part keep the rest (R-O3)", () => {
  expect(settled({ enabled: false })).toBeUndefined();
  expect(settled({ load: false, memory: false })).toMatchObject({ load: false, memory: false });
  expect(settled({ load: true })).toEqual(settled());
  expect(settled({ load: { cpu: 0.5 } })?.load).toMatchObject({ cpu: 0.5, loop: 0.9, onlyAbove: 0.0025 });
});

test.each<[OverheadOptions, string]>([
  [{ target: 0.1, red: 0.05 }, 'Option "overhead.target" must be at most "overhead.red" (0.05), got 0.1.'],
  [
    { memory: { warnBytes: 2_000, criticalBytes: 1_000 } },
    'Option "overhead.memory.warnBytes" must be at most "overhead.memory.criticalBytes" (1000), got 2000.',
  ],
  [
    {
      load: {
        caps: [
          { above: 0.8, maxRatio: 0.1 },
          { above: 0.6, maxRatio: 0.05 },
        ],
      },
    },
    'Option "overhead.load.caps[1]" must be above more load than the one before it, 0.8, with a lower ratio than 0.1, got above 0.6, maxRatio 0.05.',
  ],
  [
    { load: { caps: [{ above: 0.5 }] } } as unknown as OverheadOptions,
    'Option "overhead.load.caps[0].maxRatio" must be a number from 0.001 to 1, got undefined.',
  ],
  [{ load: { cpus: 1 } } as OverheadOptions, 'Unknown option "overhead.load.cpus". Did you mean "overhead.load.cpu"?'],
  [{ lookEvery: 1 } as OverheadOptions, 'Unknown option "overhead.lookEvery". Did you mean "overhead.lookEveryMs"?'],
])("%o is an error that says what, expected and got (R-C3)", (overhead, message) => {
  expect(() => settled(overhead)).toThrow(message);
});

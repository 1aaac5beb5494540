import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { profile } from "@gossamer/profile";
import { afterEach, beforeEach, expect, test } from "vitest";

// Go's own pprof reads what we write. Its first use on a machine is long: Go builds it.
const buildMs = 240_000;
/** Two profiles have to be a minute apart. */
let restedMs = 0;
const now = (): number => performance.now() + restedMs;
const calm = { overhead: () => undefined };
/** What `burnTheCpu` made last: never empty while it runs, since a profile of space shows only what is alive. */
const kept: unknown[] = [];
const keptAtMost = 100_000;
let made = 0;
let home = "";
let busy: NodeJS.Timeout;

/** What the profiles are to show. */
function burnTheCpu(): void {
  const until = performance.now() + 15;
  while (performance.now() < until) kept[made++ % keptAtMost] = { text: "x".repeat(100) + made };
}

beforeEach(() => {
  restedMs += 60_000;
  home = mkdtempSync(join(tmpdir(), "gossamer-pprof-"));
  busy = setInterval(burnTheCpu, 20);
});

afterEach(() => {
  clearInterval(busy);
  kept.length = 0;
  rmSync(home, { recursive: true, force: true });
});

test.each(["cpu", "space"])(
  "go tool pprof reads a profile of %s and names what runs (R-O7)",
  { timeout: buildMs },
  async (type) => {
    const { pprof } = await profile(
      calm,
      { kind: type === "cpu" ? "cpu" : "heap", seconds: 2 },
      { log: () => {}, now },
    );
    const file = join(home, "profile.pb.gz");
    writeFileSync(file, pprof);
    const top = goPprof(file);
    expect(top).toContain(`Type: ${type}`);
    expect(top).toContain("burnTheCpu");
  },
);

function goPprof(file: string): string {
  try {
    return execFileSync("go", ["tool", "pprof", "-top", file], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error("go tool pprof cannot read the profile, or Go is not installed (apt-get install golang-go)", {
      cause: error,
    });
  }
}

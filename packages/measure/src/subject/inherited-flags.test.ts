import { expect, it } from "vitest";
import { inheritedFlags } from "./inherited-flags.ts";

it("measured processes inherit loaders and V8's flags, and not what this process alone was started for (R-O6)", () => {
  const own = ["-e", "measure()", "--inspect=0", "--test", "--cpu-prof", "--expose-gc", "--input-type=module"];
  expect(inheritedFlags(["--import", "tsx", ...own, "--max-old-space-size=512"])).toEqual([
    "--import",
    "tsx",
    "--max-old-space-size=512",
  ]);
});

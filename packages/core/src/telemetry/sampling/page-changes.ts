import { builtin } from "../../model/builtin.ts";
import type { LiveSampling } from "./live-sampling.ts";
import { changed, checkedChange, type Choices, namedBy } from "./sampling-choices.ts";
import type { SamplingChange, SamplingState } from "./sampling-control.ts";

/** What would be in force with a change. Nothing is changed. @throws OptionError for one that `update` would not take */
export function tryOut(sampling: LiveSampling, change: SamplingChange): SamplingState {
  return sampling.stateOf(changed(sampling.choices, checkedChange(change)));
}

/**
 * As `update`; answers what takes back all that the change named, and nothing else. Undefined where everything is already as it says, and nothing was
 * changed; rules are tried anew though.
 */
export function changeByPage(sampling: LiveSampling, change: SamplingChange): (() => void) | undefined {
  const before = sampling.choices;
  const checked = checkedChange(change);
  const isTried = (checked.dryRun?.length ?? 0) > 0;
  if (!isTried && builtin("node:util").isDeepStrictEqual(changed(before, checked), before)) return undefined;
  sampling.put(checked, "page");
  const names = namedBy(checked);
  const all = names.includes("chosen") ? [...names, "central"] : names;
  const taken = Object.fromEntries(all.map((name) => [name, Reflect.get(before, name)])) as Partial<Choices>;
  return () => sampling.putInForce({ ...sampling.choices, ...taken }, "page");
}

import type { Sampler } from "../../model/sampling/sampler.ts";
import type { SamplerDescription } from "../../model/sampling/sampler-description.ts";
import { alwaysOff, alwaysOn } from "../../sampling/samplers/always.ts";
import { parentBased } from "../../sampling/samplers/parent-based.ts";
import { ratio } from "../../sampling/samplers/ratio.ts";

/** The sampler that a configuration file describes. A remote one within another samples nothing: an endpoint is asked for the default alone. */
export function describedSampler(description: SamplerDescription): Sampler {
  switch (description.kind) {
    case "always_on":
      return alwaysOn();
    case "always_off":
    case "remote":
      return alwaysOff();
    case "ratio":
      return ratio(description.ratio);
    case "parent_based": {
      const branch = (inner: SamplerDescription | undefined): Sampler | undefined => inner && describedSampler(inner);
      const { root, remoteSampled, remoteNotSampled, localSampled, localNotSampled } = description;
      return parentBased({
        root: describedSampler(root),
        remoteSampled: branch(remoteSampled),
        remoteNotSampled: branch(remoteNotSampled),
        localSampled: branch(localSampled),
        localNotSampled: branch(localNotSampled),
      });
    }
  }
}

import { callable, type Check, either, having } from "../checks/checks.ts";
import type { Sampler, SamplerLike } from "./sampler.ts";

/** What can decide. It is kept as it is. */
export const samplerCheck: Check<SamplerLike> = either<SamplerLike, SamplerLike>(callable(), having<Sampler>("decide"));

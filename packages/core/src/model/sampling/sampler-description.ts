/** A sampler as a configuration file names it. */
export type SamplerDescription =
  | { readonly kind: "always_on" | "always_off" | "remote" }
  | { readonly kind: "ratio"; readonly ratio: number }
  | ParentBasedDescription;

/** A branch that is left out follows the parent. */
export interface ParentBasedDescription {
  readonly kind: "parent_based";
  readonly root: SamplerDescription;
  readonly remoteSampled?: SamplerDescription | undefined;
  readonly remoteNotSampled?: SamplerDescription | undefined;
  readonly localSampled?: SamplerDescription | undefined;
  readonly localNotSampled?: SamplerDescription | undefined;
}

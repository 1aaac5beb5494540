import type { AttributeList } from "./attributes.ts";

/** Attributes that many spans have in common: put together once, and encoded once by the writer that meets them again. */
export class AttributeBlock {
  readonly list: AttributeList;
  /** How often it was written, up to the time that it was encoded. */
  written = 0;
  /** The writer's bytes for it, once it was written before. */
  encoded: Uint8Array | undefined = undefined;

  constructor(list: AttributeList) {
    this.list = list;
  }
}

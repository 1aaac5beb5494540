/**
 * The place of a key between 0 and 1: the same key and salt, the same place, in every process; the places of many keys are spread evenly.
 *
 * FNV-1a over the UTF-16 units with the finisher of MurmurHash3, whose every bit of input moves every bit of output.
 */
export function keyPlace(key: string, salt: string): number {
  let hash = mix(mix(0x811c_9dc5, salt) ^ 0x1_0001, key);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85eb_ca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2_ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}

/** At most so many characters of a key count, so that a client cannot make it slow. */
const maxKeyLength = 1_024;

function mix(start: number, text: string): number {
  let hash = start;
  const end = Math.min(text.length, maxKeyLength);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return hash;
}

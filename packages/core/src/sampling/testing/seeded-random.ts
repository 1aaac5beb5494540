/** Uniform numbers from 0 to 1, the same in every run (xorshift128). */
export function seededRandom(seed = 1): () => number {
  let [a, b, c, d] = [seed | 0 || 1, 0x9e37_79b9 | 0, 0x243f_6a88, 0xb7e1_5162 | 0];
  const next = (): number => {
    let t = d;
    const s = a;
    d = c;
    c = b;
    b = s;
    t ^= t << 11;
    t ^= t >>> 8;
    a = t ^ s ^ (s >>> 19);
    return (a >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

/** Numbers in [0, 1) that are the same for the same seed, so that a test of shares says the same every time. */
export function seededRandom(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    // Knuth's MMIX linear congruential generator; its high bits are the good ones.
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 11n) / 2 ** 53;
  };
}

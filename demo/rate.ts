/** Share of the busiest moment's requests at a time of day, in local time: least at three in the night, most at three in the afternoon. */
export function dayShare(at: Date): number {
  const hours = at.getHours() + at.getMinutes() / 60;
  const day = 0.5 + 0.5 * Math.cos(((hours - 15) / 24) * 2 * Math.PI);
  // People come in waves of some minutes too.
  const wave = Math.sin((at.getTime() / 420_000) * 2 * Math.PI);
  return (0.45 + 0.45 * day) * (1 + 0.12 * wave);
}

/** Milliseconds until the next request where they come independently of one another, `perSecond` on average. */
export const waitMs = (perSecond: number, uniform: number): number => (-Math.log(1 - uniform) / perSecond) * 1_000;

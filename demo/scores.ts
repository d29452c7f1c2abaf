// How good probabilities are on rows that training never saw.

/** Share of rows whose most probable class is the right one, 0 to 1. */
export function accuracy(probabilities: readonly ArrayLike<number>[], classes: ArrayLike<number>): number {
  const right = probabilities.filter((row, index) => mostProbable(row) === classes[index]).length;
  return right / probabilities.length;
}

function mostProbable(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i += 1) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
  return best;
}

/** Mean of −ln(probability given to the right class), in nats. */
export function logLoss(probabilities: readonly ArrayLike<number>[], classes: ArrayLike<number>): number {
  const losses = probabilities.map((row, index) => -Math.log(Math.max(row[classes[index] ?? 0] ?? 0, 1e-12)));
  return mean(losses);
}

/** Of two classes: mean squared distance of class 1's probability from what came true, 0 to 1 (Brier, 1950). */
export const brier = (probabilities: readonly ArrayLike<number>[], classes: ArrayLike<number>): number =>
  mean(probabilities.map((row, index) => ((row[1] ?? 0) - (classes[index] ?? 0)) ** 2));

/**
 * Of two classes: the chance that a random row of class 1 is given a higher probability than one of class 0, by ranks
 * (Mann and Whitney's U); ties count half.
 */
export function areaUnderCurve(probabilities: readonly ArrayLike<number>[], classes: ArrayLike<number>): number {
  const rows = probabilities
    .map((row, index) => ({ score: row[1] ?? 0, positive: classes[index] === 1 }))
    .sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (to < rows.length && rows[to]?.score === rows[from]?.score) to += 1;
    const positives = rows.slice(from, to).filter(({ positive }) => positive).length;
    rankSum += positives * ((from + 1 + to) / 2);
    from = to;
  }
  const positives = rows.filter(({ positive }) => positive).length;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (rows.length - positives));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

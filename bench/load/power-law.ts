import { type Random, shuffled } from "./random.ts";

/** Weights of `count` things by Zipf's law: the n-th most popular weighs 1 / n^exponent. */
export function popularity(count: number, exponent: number, random: Random): Float64Array {
  const weights = new Float64Array(count);
  for (const [rank, index] of shuffled(count, random).entries())
    weights[index] = (rank + 1) ** -exponent;
  return weights;
}

/** Shares out exactly `total` by weight, at most `most` to each. */
export function apportion(total: number, weights: Float64Array, most: number): Int32Array {
  if (total > weights.length * most)
    throw new RangeError(`${total} cannot be shared by ${weights.length}, at most ${most} each`);
  const counts = new Int32Array(weights.length);
  let open = [...weights.keys()].sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  let left = total;
  while (left > 0) {
    const whole = open.reduce((sum, index) => sum + (weights[index] ?? 0), 0);
    const shared = left;
    for (const index of open) {
      const share = Math.floor((shared * (weights[index] ?? 0)) / whole);
      const given = Math.min(share, most - (counts[index] ?? 0), left);
      counts[index] = (counts[index] ?? 0) + given;
      left -= given;
    }
    open = open.filter((index) => (counts[index] ?? 0) < most);
    // What rounding left over, one each, the heaviest first.
    if (left < open.length || left === shared) {
      for (const index of open.slice(0, left)) {
        counts[index] = (counts[index] ?? 0) + 1;
        left -= 1;
      }
    }
  }
  return counts;
}

/** Answers `count` different indexes, the heavier the likelier. */
export type DrawDistinct = (count: number, except?: number) => number[];

export function createDistinctDraw(weights: Float64Array, random: Random): DrawDistinct {
  const sums = new Float64Array(weights.length);
  weights.reduce((sum, weight, index) => {
    sums[index] = sum + weight;
    return sum + weight;
  }, 0);
  const whole = sums.at(-1) ?? 0;
  // The round in which each was last drawn: cheaper than a set for every one of a million draws.
  const drawnIn = new Uint32Array(weights.length);
  let round = 0;

  const drawByTrying = (count: number, except: number) => {
    round += 1;
    const drawn: number[] = [];
    while (drawn.length < count) {
      const index = indexAt(sums, random.next() * whole);
      if (index === except || drawnIn[index] === round) continue;
      drawnIn[index] = round;
      drawn.push(index);
    }
    return drawn;
  };
  // Efraimidis and Spirakis: the smallest keys are a weighted draw, however many are wanted.
  const drawBySorting = (count: number, except: number) => {
    const keys = weights.map((weight) => -Math.log(1 - random.next()) / weight);
    if (except >= 0) keys[except] = Number.POSITIVE_INFINITY;
    return [...keys.keys()]
      .sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
      .slice(0, count);
  };
  return (count, except = -1) =>
    count > weights.length / 8 ? drawBySorting(count, except) : drawByTrying(count, except);
}

/** The first index whose running sum is above `value`. */
function indexAt(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

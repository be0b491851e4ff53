import { quantileSorted } from "simple-statistics";

/** What a row of the table says about times, in milliseconds. */
export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: quantileSorted(sorted, 0.5), p99: quantileSorted(sorted, 0.99) };
}

/** How often a ratio is drawn anew to see how far chance alone moves it. */
const draws = 500;

/**
 * The ratio of two medians, and the range in which 95 of 100 repetitions would find it: both were measured
 * in the same rounds, so whole rounds are drawn (bootstrap), and what disturbed a round disturbs both.
 * @param {number[]} ours
 * @param {number[]} theirs of the same rounds
 * @param {number} [at] which quantile; the median where it is not given
 * @param {() => number} [random]
 */
export function ratio(ours, theirs, at = 0.5, random = Math.random) {
  const of = (rounds) => quantile(ours, rounds, at) / quantile(theirs, rounds, at);
  const all = ours.map((_, round) => round);
  const drawn = Array.from({ length: draws }, () =>
    of(all.map(() => Math.floor(random() * all.length))),
  ).sort((a, b) => a - b);
  return { value: of(all), low: quantileSorted(drawn, 0.025), high: quantileSorted(drawn, 0.975) };
}

function quantile(times, rounds, at) {
  const picked = Float64Array.from(rounds, (round) => times[round]).sort();
  return quantileSorted(picked, at);
}

export type Work = () => Promise<unknown>;

/**
 * Milliseconds of each work in each round. In every round each work is done once, in an order drawn anew:
 * what slows the machine down slows all of them.
 */
export async function interleave(
  works: Record<string, Work>,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  for (const name of Object.keys(works)) times[name] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, work] of shuffled(Object.entries(works))) {
      const started = performance.now();
      await work();
      const spent = performance.now() - started;
      if (round >= 0) times[name]?.push(spent);
    }
  }
  return times;
}

function shuffled<T>(list: T[]): T[] {
  return list
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

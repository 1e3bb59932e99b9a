/** A counter that said something else than the rows it stands for. */
export interface Difference {
  id: number;
  counter: string;
  was: number;
  is: number;
}

type Counters = Record<string, number>;

/**
 * Compares counters with their rows and mends those that differ: many are read at a time, each wrong
 * one is mended in a transaction of its own, so that nobody waits for it.
 */
export async function recount(steps: {
  /** The next many, in order of id. */
  readBatch(after: number): Promise<{ id: number; kept: Counters; counted: Counters }[]>;
  /** Counts one anew while nobody moves its counters. Finds nothing when it is gone. */
  mend(id: number): Promise<Difference[]>;
  report(found: { count: number; first: Difference[] }): void;
}): Promise<Difference[]> {
  const differences: Difference[] = [];
  let rows = await steps.readBatch(0);
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    for (const { id, kept, counted } of rows) {
      if (differencesOf(id, kept, counted).length === 0) continue;
      differences.push(...(await steps.mend(id)));
    }
    rows = await steps.readBatch(last.id);
  }
  if (differences.length > 0) {
    steps.report({ count: differences.length, first: differences.slice(0, 5) });
  }
  return differences;
}

export const differencesOf = (id: number, kept: Counters, counted: Counters): Difference[] =>
  Object.entries(kept).flatMap(([counter, was]) => {
    const is = counted[counter] ?? was;
    return was === is ? [] : [{ id, counter, was, is }];
  });

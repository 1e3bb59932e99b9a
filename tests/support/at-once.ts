import pLimit from "p-limit";

/**
 * Twice as many at a time as there are connections: all race for the same rows, and none waits so
 * long for a connection on a busy machine that it is refused one.
 */
export function atOnce<T>(works: (() => Promise<T>)[]): Promise<T[]> {
  const limit = pLimit(16);
  return Promise.all(works.map((work) => limit(work)));
}

/** What is slow to find out and may be a little old. */
export interface Measured<Value> {
  /** The last value, or null before the first: never waits. One that is too old is measured anew. */
  known(): Value | null;
  /** The same, waiting for the first one. */
  first(): Promise<Value>;
}

/**
 * `measure` with its last answer kept, and asked by one at a time, however many want to know.
 * @param onError told when it failed; the value before stays
 */
export function measureRarely<Value>(
  measure: () => Promise<Value>,
  options: {
    clock: () => Date;
    maxAgeMilliseconds: number;
    onError: (error: unknown) => void;
  },
): Measured<Value> {
  const { clock, maxAgeMilliseconds, onError } = options;
  let last: { value: Value; at: number } | null = null;
  let running: Promise<Value> | null = null;
  const begin = () => {
    running ??= measure()
      .then((value) => {
        last = { value, at: clock().getTime() };
        return value;
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
  const known = () => {
    if (!last || clock().getTime() - last.at >= maxAgeMilliseconds) begin().catch(onError);
    return last?.value ?? null;
  };
  return { known, first: async () => known() ?? begin() };
}

import { LRUCache } from "lru-cache";

/**
 * `make` with its last answers kept: as long as the fields it reads are the same, the same key gets
 * the same object. A field that changed makes another at once, so nothing stale can show.
 * @param reads every field of the input that `make` reads; they are compared with ===
 */
export function remember<
  Key extends string | number,
  Input extends object,
  Field extends keyof Input,
  Output extends object,
>(
  make: (input: Pick<Input, Field>) => Output,
  options: { key: (input: Input) => Key; reads: readonly Field[]; max: number },
): (input: Input) => Output {
  const { key, reads, max } = options;
  const kept = new LRUCache<Key, { input: Input; output: Output }>({ max });
  return (input) => {
    const known = kept.get(key(input));
    if (known && reads.every((field) => known.input[field] === input[field])) return known.output;
    const output = make(input);
    kept.set(key(input), { input, output });
    return output;
  };
}

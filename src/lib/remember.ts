import { LRUCache } from "lru-cache";

/**
 * `make` with its last answers kept: the same key gets the same object. The key must name all that
 * `make` reads, so that nothing stale can show; its parts are joined by NUL, which no text here has.
 */
export function remember<Input, Output extends object>(
  make: (input: Input) => Output,
  keyOf: (input: Input) => readonly (string | number | boolean | null)[],
  { max }: { max: number },
): (input: Input) => Output {
  const kept = new LRUCache<string, Output>({ max });
  return (input) => {
    const key = keyOf(input).join("\0");
    const known = kept.get(key);
    if (known) return known;
    const output = make(input);
    kept.set(key, output);
    return output;
  };
}

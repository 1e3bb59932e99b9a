import { createHash } from "node:crypto";

export interface Random {
  /** From 0 to less than 1. */
  next(): number;
  /** A whole number from 0 to less than `count`. */
  below(count: number): number;
  pick<T>(choices: readonly T[]): T;
}

/**
 * The same numbers for the same seed and purpose, on every machine. A purpose of their own keeps
 * the pictures what they were when more likes are asked for.
 */
export function createRandom(seed: number, purpose: string): Random {
  // sfc32 by Chris Doty-Humphrey: small, fast, and a period no load comes near.
  const state = new Uint32Array(4);
  const digest = createHash("sha256").update(`${seed} ${purpose}`).digest();
  for (let index = 0; index < 4; index += 1) state[index] = digest.readUInt32LE(index * 4);
  let [a = 0, b = 0, c = 0, counter = 0] = state;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return { next, below, pick: (choices) => choices[below(choices.length)] as never };
}

/** The numbers from 0 to `count - 1` in a random order. */
export function shuffled(count: number, random: Random): Int32Array {
  const numbers = Int32Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    const kept = numbers[index] ?? 0;
    numbers[index] = numbers[other] ?? 0;
    numbers[other] = kept;
  }
  return numbers;
}

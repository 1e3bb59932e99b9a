import { describe, expect, test } from "vitest";
import { apportion, createDistinctDraw, popularity } from "#bench/load/power-law.ts";
import { createRandom, shuffled } from "#bench/load/random.ts";

const random = () => createRandom(7, "tests");
const sum = (counts: Int32Array) => counts.reduce((whole, count) => whole + count, 0);

describe("sharing out", () => {
  test.each([
    [0, 5],
    [7, 3],
    [1000, 1000],
    [3000, 3],
    [2999, 3],
    [12_345, 400],
  ])("%i to a thousand, at most %i each", (total, most) => {
    const counts = apportion(total, popularity(1000, 0.9, random()), most);
    expect(sum(counts)).toBe(total);
    expect(Math.max(...counts)).toBeLessThanOrEqual(most);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
  });

  test("gives by weight", () => {
    expect([...apportion(60, Float64Array.of(1, 2, 3), 60)]).toEqual([10, 20, 30]);
    expect([...apportion(60, Float64Array.of(1, 2, 3), 25)]).toEqual([11, 24, 25]);
  });

  test("refuses what cannot be", () => {
    expect(() => apportion(10, Float64Array.of(1, 1, 1), 3)).toThrow(RangeError);
  });
});

describe("drawing different ones", () => {
  test.each([0, 1, 40, 399, 400])("%i of 401, never the one left out", (count) => {
    const draw = createDistinctDraw(popularity(401, 1, random()), random());
    const drawn = draw(count, 5);
    expect(new Set(drawn).size).toBe(count);
    expect(drawn).toHaveLength(count);
    expect(drawn).not.toContain(5);
    for (const index of drawn) expect(index >= 0 && index < 401).toBe(true);
  });

  test.each([30, 300])("the heavy are drawn more often, %i at a time", (count) => {
    const weights = Float64Array.from({ length: 1000 }, (_, index) => (index < 500 ? 9 : 1));
    const draw = createDistinctDraw(weights, random());
    const drawn = Array.from({ length: 20 }, () => draw(count)).flat();
    const heavy = drawn.filter((index) => index < 500).length;
    expect(heavy / drawn.length).toBeGreaterThan(0.8);
  });
});

test("a seed and a purpose are the same numbers each time, and evenly spread", () => {
  const draw = (seed: number, purpose: string) => [...shuffled(50, createRandom(seed, purpose))];
  expect(draw(1, "likes")).toEqual(draw(1, "likes"));
  expect(draw(1, "likes")).not.toEqual(draw(1, "follows"));
  expect(draw(1, "likes")).not.toEqual(draw(2, "likes"));
  const numbers = random();
  const tenths = new Int32Array(10);
  for (let count = 0; count < 10_000; count += 1) {
    const tenth = Math.floor(numbers.next() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

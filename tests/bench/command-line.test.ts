import { describe, expect, test } from "vitest";
import { readCommandLine } from "#bench/command-line.ts";

const read = (line: string) => readCommandLine(line.split(" ").filter(Boolean));

describe("the command line", () => {
  test("loads the size it names", () => {
    const line =
      "load --images 20000 --users 1000 --follows 20 --likes 200000 --actions 100000 --seed 1";
    const size = { images: 20_000, users: 1000, follows: 20, likes: 200_000, actions: 100_000 };
    expect(read(line)).toEqual({
      command: "load",
      size: { ...size, seed: 1, views: expect.any(Number) },
    });
    expect(read("load")).toEqual(read(line));
    expect(read("load --views 7")).toMatchObject({ size: { views: 7 } });
  });

  test("runs for ten seconds a page, or as long as it says", () => {
    expect(read("run")).toMatchObject({ options: { seconds: 10, connections: 16, only: [] } });
    expect(read("run --seconds 3 --json out.json --compare small.json")).toMatchObject({
      options: { seconds: 3, json: "out.json", compare: "small.json" },
    });
  });

  test("compares two files", () => {
    expect(read("compare small.json big.json")).toEqual({
      command: "compare",
      earlier: "small.json",
      later: "big.json",
    });
  });

  test.each([
    "",
    "jump",
    "load --images many",
    "load --images -5",
    "load --pictures 5",
    "load 5",
    "run --seconds 1.5",
    "compare small.json",
    "compare a b c",
  ])("does not guess what %j means", (line) => {
    expect(read(line)).toBeNull();
  });
});

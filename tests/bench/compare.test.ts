import { describe, expect, test } from "vitest";
import { compareReports, comparisonTable, machineSlowdown } from "#bench/run/compare.ts";
import type { PageReport, Report } from "#bench/run/report.ts";

const figures = { p50: 1, p99: 2, databaseProcessor: null, memory: 1, errors: 0 };

/** @param pages answers per second by name, of the page and of its floor */
function reportOf(pages: Record<string, [rate: number, floor: number | null]>): Report {
  return {
    takenAt: "2026-05-04T12:00:00.000Z",
    seconds: 3,
    connections: 16,
    node: "v24",
    redis: false,
    rows: { images: 20 },
    skipped: [],
    pages: Object.entries(pages).map(
      ([name, [rate, floor]]): PageReport => ({
        ...figures,
        name,
        rate,
        processor: 1000 / rate,
        bytes: 1,
        queries: 1,
        floorQueries: 1,
        floor: floor === null ? null : { ...figures, rate: floor, processor: 1 },
      }),
    ),
  };
}

describe("what ten times the data cost", () => {
  test("a page may take 1.2 times as long and not more", () => {
    const small = reportOf({ list: [1200, null], feed: [1200, null], healthz: [9000, 18_000] });
    const big = reportOf({ list: [1000, null], feed: [990, null], healthz: [9000, 18_000] });
    expect(compareReports(small, big)).toMatchObject([
      { name: "list", times: 1.2, corrected: 1.2, verdict: "PASS" },
      { name: "feed", verdict: "FAIL" },
      { name: "healthz", times: 1, verdict: "PASS" },
    ]);
    const lines = comparisonTable(small, big);
    expect(lines.find((line) => line.startsWith("list"))).toMatch(/1\.20\s+1\.20.*PASS$/);
    expect(lines.find((line) => line.startsWith("feed"))).toMatch(/1\.21.*FAIL/);
  });

  test("a slower machine is no fault of the data, nor a faster one a merit", () => {
    const small = reportOf({ list: [1200, 9], thumbnail: [800, 1000], healthz: [9000, 18_000] });
    const slow = reportOf({ list: [600, 9], thumbnail: [400, 500], healthz: [4500, 9000] });
    expect(machineSlowdown(small, slow)).toBe(2);
    expect(compareReports(small, slow)[0]).toMatchObject({
      times: 2,
      corrected: 1,
      verdict: "PASS",
    });
    const fast = reportOf({ list: [1200, 9], thumbnail: [1600, 2000], healthz: [18_000, 36_000] });
    expect(compareReports(small, fast)[0]).toMatchObject({
      times: 1,
      corrected: 2,
      verdict: "UNSURE",
    });
  });

  test("slower without more processor time is not sure, in either process", () => {
    const small = reportOf({ list: [1000, null] });
    const waiting = reportOf({ list: [500, null] });
    const [page] = waiting.pages;
    if (!page) throw new Error("no page");
    page.processor = 1.1;
    expect(compareReports(small, waiting)).toMatchObject([{ times: 2, verdict: "UNSURE" }]);
    page.databaseProcessor = 2;
    expect(compareReports(small, waiting)).toMatchObject([{ times: 2, verdict: "FAIL" }]);
  });

  test("one measurement gone wrong does not tell how fast the machine was", () => {
    const small = reportOf({ thumbnail: [800, 1000], healthz: [9000, 18_000] });
    const big = reportOf({ thumbnail: [800, 1000], healthz: [9000, 1000] });
    expect(machineSlowdown(small, big)).toBe(1);
  });

  test("pages that only one run has are left out", () => {
    const small = reportOf({ list: [1000, null] });
    const big = reportOf({ list: [1000, null], ranking: [10, null] });
    expect(compareReports(small, big).map(({ name }) => name)).toEqual(["list"]);
  });
});

import type { PageReport, Report } from "./report.ts";

/** Ten times the data may cost this much more time. */
const mostTimes = 1.2;

export interface Comparison {
  name: string;
  /** How many times as long an answer took in the later run. */
  times: number;
  /** The same, had the machine been as fast as in the earlier run. */
  corrected: number;
  /** How many times the processor time, the database's included; others' work disturbs it least. */
  processor: number;
  verdict: "PASS" | "FAIL" | "UNSURE";
}

/** What no number of rows can make slower: how long these take tells how fast the machine was. */
const independent = ["healthz", "thumbnail"];

export function compareReports(earlier: Report, later: Report): Comparison[] {
  const slowdown = machineSlowdown(earlier, later);
  return pairsOf(earlier, later).map(([before, after]) => {
    const times = before.rate / after.rate;
    const corrected = times / slowdown;
    const processor = processorOf(after) / processorOf(before);
    return { name: after.name, times, corrected, processor, verdict: judge(corrected, processor) };
  });
}

/** Slower without more work is a busy machine, or a wait that rows made: another run tells. */
function judge(times: number, processor: number): Comparison["verdict"] {
  if (times <= mostTimes) return "PASS";
  return processor <= mostTimes ? "UNSURE" : "FAIL";
}

const processorOf = ({ processor, databaseProcessor }: PageReport) =>
  processor + (databaseProcessor ?? 0);

/** How many times as long the machine took for the same work in the later run: the median of what tells it. */
export function machineSlowdown(earlier: Report, later: Report): number {
  const ratios = pairsOf(earlier, later)
    .filter(([page]) => independent.includes(page.name))
    .flatMap(([before, after]) => [
      before.rate / after.rate,
      ...(before.floor && after.floor ? [before.floor.rate / after.floor.rate] : []),
    ])
    .sort((a, b) => a - b);
  if (ratios.length === 0) return 1;
  const middle = ratios.length / 2;
  const [low = 1, high = low] = [ratios[Math.ceil(middle) - 1], ratios[Math.floor(middle)]];
  return (low + high) / 2;
}

const pairsOf = (earlier: Report, later: Report): [PageReport, PageReport][] =>
  later.pages.flatMap((page): [PageReport, PageReport][] => {
    const before = earlier.pages.find(({ name }) => name === page.name);
    return before ? [[before, page]] : [];
  });

const remarks = {
  PASS: "PASS",
  FAIL: `FAIL: more than ${mostTimes} times`,
  UNSURE: "UNSURE: slower, but no more work; measure again on a quiet machine",
};

export function comparisonTable(earlier: Report, later: Report): string[] {
  const describe = ({ rows }: Report) =>
    Object.entries(rows)
      .map(([name, count]) => `${count.toLocaleString("en-GB")} ${name}`)
      .join(", ");
  return [
    `Earlier: ${describe(earlier)}`,
    `Later:   ${describe(later)}`,
    `The machine took ${machineSlowdown(earlier, later).toFixed(2)} times as long for what does not depend on the data.`,
    "",
    `${"page".padEnd(24)}    time  corrected     CPU`,
    ...compareReports(earlier, later).map(
      ({ name, times, corrected, processor, verdict }) =>
        `${name.padEnd(24)}${times.toFixed(2).padStart(8)}${corrected.toFixed(2).padStart(11)}${processor.toFixed(2).padStart(8)}  ${remarks[verdict]}`,
    ),
  ];
}

import type { PageReport, Report } from "./report.ts";

const columns: [title: string, value: (page: PageReport) => string][] = [
  ["req/s", ({ rate }) => rate.toFixed(rate < 100 ? 1 : 0)],
  ["floor", ({ floor }) => (floor ? floor.rate.toFixed(0) : "-")],
  ["share", ({ rate, floor }) => (floor ? `${((100 * rate) / floor.rate).toFixed(0)} %` : "-")],
  ["p50 ms", ({ p50 }) => p50.toFixed(1)],
  ["p99 ms", ({ p99 }) => p99.toFixed(1)],
  ["p99/floor", ({ p99, floor }) => (floor ? (p99 / floor.p99).toFixed(1) : "-")],
  ["kB", ({ bytes }) => (bytes / 1000).toFixed(1)],
  ["queries", ({ queries }) => String(queries)],
  ["CPU ms", ({ processor }) => processor.toFixed(2)],
  ["floor", ({ floor }) => (floor ? floor.processor.toFixed(2) : "-")],
  ["pg ms", ({ databaseProcessor }) => databaseProcessor?.toFixed(2) ?? "-"],
  ["floor", ({ floor }) => floor?.databaseProcessor?.toFixed(2) ?? "-"],
  ["MB", ({ memory }) => (memory / 2 ** 20).toFixed(0)],
  ["errors", ({ errors }) => String(errors)],
];

const nameWidth = 24;
const widthOf = (title: string) => Math.max(7, title.length + 2);

export const tableHead = (): string =>
  "page".padEnd(nameWidth) + columns.map(([title]) => title.padStart(widthOf(title))).join("");

export const tableRow = (page: PageReport): string =>
  page.name.padEnd(nameWidth) +
  columns.map(([title, value]) => value(page).padStart(widthOf(title))).join("");

/** What is wrong with a run, in sentences; none when all of it counts. */
export const faultsOf = ({ pages, skipped }: Report): string[] => [
  ...skipped.map(({ name, reason }) => `NOT MEASURED: ${name}, because ${reason}.`),
  ...pages
    .filter((page) => page.errors > 0)
    .map((page) => `WRONG ANSWERS: ${page.name} had ${page.errors}.`),
  ...pages
    .filter((page) => (page.floor?.errors ?? 0) > 0)
    .map((page) => `WRONG ANSWERS: the floor of ${page.name} had ${page.floor?.errors}.`),
];

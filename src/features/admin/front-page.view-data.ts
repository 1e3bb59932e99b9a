import { type RowCount, rounded } from "#features/admin/count-rows.ts";
import {
  chartDays,
  type DailyCounts,
  type DiskUse,
  day,
  type Versions,
} from "#features/admin/front-page.queries.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { longDate } from "#lib/dates.ts";
import { counted, fileSize } from "#lib/text.ts";

export const tilesOf = (counts: readonly { model: RegisteredModel; count: RowCount }[]) =>
  counts.map(({ model: { name, one, many }, count: { count, isEstimate } }) => ({
    href: `/admin/${name}`,
    number: (isEstimate ? rounded(count) : count).toLocaleString("en-GB"),
    isEstimate,
    label: count === 1 && !isEstimate ? one : many,
  }));

export interface Series {
  /** In class names: "saves". */
  name: string;
  title: string;
  one: string;
  many: string;
  counts: DailyCounts;
}

/** The height of the drawing in its own units; a day is ten wide. */
const height = 100;

/** The last days of several series, each to its own scale: ten sign-ups are much where 900 saves are. */
export function chartOf(series: readonly Series[], now: Date) {
  const today = Math.floor(now.getTime() / day);
  const days = Array.from({ length: chartDays }, (_, index) => today - chartDays + 1 + index);
  const dateOf = (number: number) => longDate(new Date(number * day));
  return {
    from: dateOf(days[0] ?? today),
    to: dateOf(today),
    panels: series.map(({ counts, one, many, ...names }) => {
      const numbers = days.map((number) => counts.get(number) ?? 0);
      const most = Math.max(...numbers);
      const sum = numbers.reduce((before, number) => before + number, 0);
      const busiest = dateOf(days[numbers.indexOf(most)] ?? today);
      return {
        ...names,
        total: counted(sum, one, many),
        most: most === 0 ? "" : `at most ${most.toLocaleString("en-GB")} a day, on ${busiest}`,
        bars: numbers.flatMap((number, index) =>
          number === 0
            ? []
            : [barOf(number / most, index, `${dateOf(days[index] ?? 0)}: ${number}`)],
        ),
      };
    }),
    rows: days.toReversed().map((number) => ({
      date: dateOf(number),
      numbers: series.map(({ counts }) => (counts.get(number) ?? 0).toLocaleString("en-GB")),
    })),
  };
}

/** One of many a day is still to be seen. */
function barOf(share: number, index: number, title: string) {
  const tall = Math.max(2, Math.round(share * height));
  return { x: index * 10 + 1.5, y: height - tall, height: tall, title };
}

export const diskOf = ({ originals, database, free, total }: DiskUse) => ({
  originals: fileSize(originals),
  database: fileSize(database),
  free: `${fileSize(free)} of ${fileSize(total)}`,
  isNearlyFull: free < total / 20,
});

interface SiteSettings {
  config: { smtpUrl: string | undefined };
  signUpsOpen: boolean;
  emailConfirmationRequired: boolean;
  membersOnly: boolean;
}

/** What somebody asks first when something is odd: which versions, and what is set how. */
export const factsOf = (versions: Versions | null, settings: SiteSettings) => [
  { label: "Magpie", text: versions?.magpie ?? "" },
  { label: "Node", text: versions?.node ?? "" },
  { label: "PostgreSQL", text: versions?.postgres ?? "does not answer" },
  {
    label: "Redis",
    text: versions ? (versions.redis ?? "none, PostgreSQL keeps all") : "does not answer",
  },
  {
    label: "Mail",
    text: settings.config.smtpUrl ? "sent by SMTP" : "written to files, sent to nobody",
  },
  { label: "Sign-ups", text: settings.signUpsOpen ? "open" : "closed" },
  {
    label: "E-mail addresses",
    text: settings.emailConfirmationRequired
      ? "confirmed before the first sign-in"
      : "need not be confirmed",
  },
  { label: "Browsing", text: settings.membersOnly ? "members only" : "public" },
];

import { LRUCache } from "lru-cache";

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-GB", { month: "long", timeZone: "UTC" });
const monthAndYear = new Intl.DateTimeFormat("en-GB", {
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const relative = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

const steps: [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

// Formatting takes longer than a query is sent in; there are few days, and fewer ways to say how long ago.
const longDates = new LRUCache<number, string>({ max: 5000 });
const agos = new LRUCache<string, string>({ max: 1000 });

/** "14 March 2026" */
export function longDate(date: Date): string {
  const dayNumber = Math.floor(date.getTime() / 86_400_000);
  const known = longDates.get(dayNumber);
  if (known !== undefined) return known;
  const words = day.format(date);
  longDates.set(dayNumber, words);
  return words;
}

/** "14 March 2026, 09:26 UTC" */
export const exactTime = (time: Date): string =>
  `${longDate(time)}, ${time.toISOString().slice(11, 16)} UTC`;

/** "in May" this year, "in May 2025" before. */
export const monthOf = (date: Date, now: Date): string =>
  `in ${date.getUTCFullYear() === now.getUTCFullYear() ? month.format(date) : monthAndYear.format(date)}`;

/** "yesterday", "3 hours ago", "just now" */
export function timeAgo(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return ago(Math.round(seconds / length), unit);
  }
  return "just now";
}

/** "in 30 seconds", "in 5 minutes", of a time to come */
export function timeUntil(date: Date, now: Date): string {
  const seconds = Math.max(1, Math.floor((date.getTime() - now.getTime()) / 1000));
  return seconds < 60 ? ago(seconds, "second") : timeAgo(date, now);
}

function ago(count: number, unit: Intl.RelativeTimeFormatUnit): string {
  const key = `${count} ${unit}`;
  const words = agos.get(key) ?? relative.format(count, unit);
  agos.set(key, words);
  return words;
}

import { longDate, timeAgo, timeUntil } from "#lib/dates.ts";
import {
  type JobRecord,
  type JobState,
  jobStates,
  mostCounted,
  type QueueRecord,
} from "#platform/job-records.ts";

export const stateLabels: Record<JobState, string> = {
  waiting: "Waiting",
  active: "Active",
  failed: "Failed",
  done: "Done",
};

/** Where there is none in a state. */
export const noJobs: Record<JobState, string> = {
  waiting: "No job is waiting.",
  active: "None is at work just now.",
  failed: "None has failed.",
  done: "None is done yet, or none that is kept.",
};

export const queueHref = (queue: string): string => `/admin/jobs/${encodeURIComponent(queue)}`;

/** "more than 1,000": nobody counts further. */
export const jobCount = (count: number): string =>
  count > mostCounted ? `${mostCounted.toLocaleString("en-GB")}+` : count.toLocaleString("en-GB");

export const queueOf = (queue: QueueRecord) => ({
  name: queue.name,
  href: queueHref(queue.name),
  runs: queue.cron === null ? "when something happens" : cronWords(queue.cron),
  states: jobStates.map((state) => ({
    state,
    label: stateLabels[state],
    count: jobCount(queue.counts[state]),
    isNone: queue.counts[state] === 0,
    href: `${queueHref(queue.name)}?state=${state}`,
  })),
});

/** "daily at 04:43" for the few shapes that ours have, and any other as it is written. */
function cronWords(cron: string): string {
  const [, step, minute = "", hour = ""] =
    /^(?:\*\/(\d+)|(\d+)) (\*|\d+) \* \* \*$/.exec(cron) ?? [];
  const isHourly = hour === "*";
  if (step && isHourly) return `every ${step} minutes`;
  if (step || !minute) return cron;
  const past = minute.padStart(2, "0");
  return isHourly ? `every hour at :${past}` : `daily at ${hour.padStart(2, "0")}:${past}`;
}

/**
 * @param queue its name
 * @param mayViewPeople whether addresses of people are for whoever looks
 */
export function jobOf(
  job: JobRecord,
  { queue, now, mayViewPeople }: { queue: string; now: Date; mayViewPeople: boolean },
) {
  const said = mayViewPeople
    ? withoutLinks
    : (text: string) => withoutAddresses(withoutLinks(text));
  const { id, state, retryCount, retryLimit } = job;
  const isAgain = state === "waiting" && job.startAfter > now;
  return {
    id,
    href: `${queueHref(queue)}/${id}`,
    state,
    label: stateLabels[state],
    tries: `${job.startedOn ? retryCount + 1 : 0} of ${retryLimit + 1}`,
    made: momentOf(job.createdOn, now),
    started: momentOf(job.startedOn, now),
    ended: momentOf(job.completedOn, now),
    next: isAgain
      ? { ...momentOf(job.startAfter, now), ago: timeUntil(job.startAfter, now) }
      : null,
    data: said(textOf(job.data)),
    error: said(errorOf(job.output)) || null,
  };
}

const momentOf = (time: Date | null, now: Date) =>
  time && {
    ago: timeAgo(time, now),
    iso: time.toISOString(),
    exact: `${longDate(time)}, ${time.toISOString().slice(11, 19)} UTC`,
    second: time.toISOString().slice(0, 19).replace("T", " "),
  };

/** As JSON has it, with what is named like a secret left out: no job holds one, and none shall show. */
const textOf = (data: unknown): string =>
  JSON.stringify(
    data,
    (key, value) => (/token|password|secret|cookie/i.test(key) ? "(hidden)" : value),
    2,
  ) ?? "";

/** Of an error its words and where it happened: its other fields may hold what it was about. */
function errorOf(output: unknown): string {
  const { message, stack, value } = (output ?? {}) as Record<string, unknown>;
  return String([stack, message, value].find((each) => typeof each === "string") ?? "");
}

/** What follows these is a key to an account. */
const withoutLinks = (text: string): string =>
  text.replace(/(\/(?:password-reset|confirm-email)\/)[\w-]+/gi, "$1...");

/** Mails go to addresses, and mail servers name them in what they refuse. */
const withoutAddresses = (text: string): string =>
  text.replace(/[^\s"<>()[\],:;@/\\]+@[^\s"<>()[\],:;@/\\]+/g, "(hidden)");

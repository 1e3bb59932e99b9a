import { expect, test } from "vitest";
import { jobOf, queueOf } from "#features/admin/jobs.view-data.ts";

test.each([
  [null, "when something happens"],
  ["17 * * * *", "every hour at :17"],
  ["5 * * * *", "every hour at :05"],
  ["*/10 * * * *", "every 10 minutes"],
  ["11 3 * * *", "daily at 03:11"],
  ["5 3 * * 1", "5 3 * * 1"],
  ["*/10 3 * * *", "*/10 3 * * *"],
])("a queue by the clock %s runs %s", (cron, words) => {
  const counts = { waiting: 0, active: 0, failed: 0, done: 0 };
  expect(queueOf({ name: "images.recount", cron, counts }).runs).toBe(words);
});

test.each([
  [400, "in 1 second"],
  [30_900, "in 30 seconds"],
  [59_999, "in 59 seconds"],
  [300_000, "in 5 minutes"],
])("a job to be tried in %d ms is tried %s", (wait, words) => {
  const now = new Date("2026-11-21T12:00:00Z");
  const job = {
    ...{ id: "1", state: "waiting" as const, retryCount: 1, retryLimit: 12 },
    ...{ data: {}, output: null, createdOn: now, startedOn: now, completedOn: null },
    startAfter: new Date(now.getTime() + wait),
  };
  expect(jobOf(job, { queue: "images.recount", now, mayViewPeople: true }).next?.ago).toBe(words);
});

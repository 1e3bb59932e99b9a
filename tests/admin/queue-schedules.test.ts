import { expect, test } from "vitest";
import { queueOf } from "#features/admin/jobs.view-data.ts";

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

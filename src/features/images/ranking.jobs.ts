import type { Database } from "#platform/database.ts";
import { lookAgainMilliseconds } from "#platform/view-counters.ts";

export const sweepViewsQueue = "images.sweep-views";

const day = 86_400_000;
const daysKept = 9;

/** Removes what counting no longer asks for. */
export async function sweepViews(deps: { database: Database; clock: () => Date }): Promise<void> {
  const now = deps.clock().getTime();
  const before = (milliseconds: number) => ({ lt: new Date(now - milliseconds) });
  await deps.database.imageDailyView.deleteMany({ where: { day: before(daysKept * day) } });
  // Twice as long as they count: views that had to wait come late.
  await deps.database.viewMark.deleteMany({
    where: { countedAt: before(2 * lookAgainMilliseconds) },
  });
  await deps.database.viewBatch.deleteMany({ where: { appliedAt: before(day) } });
}

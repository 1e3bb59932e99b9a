import { forgetTarget } from "#features/activity/record-activity.ts";
import { removeFilesQueue } from "#features/images/images.jobs.ts";
import { moveImagesCount } from "#features/users/move-counters.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { ViewCounters } from "#platform/view-counters.ts";

/** Deletes the row with its likes and deeds at once; a job removes the files nobody else uses. */
export async function removeImage(
  deps: { database: Database; jobs: Jobs; viewCounters: Pick<ViewCounters, "forget"> },
  { image }: { image: { id: number; ownerId: number; sha256: string } },
): Promise<void> {
  await deps.database.$transaction(async (tx) => {
    const { count } = await tx.image.deleteMany({ where: { id: image.id } });
    // Removed by another request meanwhile: the counter moved there.
    if (count === 0) return;
    await forgetTarget(tx, { type: "image", id: image.id });
    await moveImagesCount(tx, image.ownerId, -1);
    await deps.jobs.enqueue(tx, removeFilesQueue, { sha256: image.sha256 });
  });
  await deps.viewCounters.forget([image.id]);
}

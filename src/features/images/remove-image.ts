import { forgetTarget } from "#features/activity/record-activity.ts";
import { notHere } from "#features/images/images.access.ts";
import { removeFilesQueue } from "#features/images/images.jobs.ts";
import { moveImagesCount } from "#features/users/move-counters.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { ViewCounters } from "#platform/view-counters.ts";

/**
 * Deletes the row with its likes and deeds at once; a job removes the files nobody else uses.
 * @param alongside what else that transaction does
 * @throws NotFound where there is something to do alongside a deletion and another was quicker
 */
export async function removeImage(
  deps: { database: Database; jobs: Jobs; viewCounters: Pick<ViewCounters, "forget"> },
  { image, alongside }: { image: { id: number }; alongside?: (tx: Transaction) => Promise<void> },
): Promise<void> {
  await deps.database.$transaction(async (tx) => {
    const [removed] = await tx.$queryRaw<{ ownerId: number; sha256: string }[]>`
      delete from images where id = ${image.id} returning owner_id as "ownerId", sha256`;
    if (!removed && alongside) throw notHere();
    // Removed by another request meanwhile: the counter moved there.
    if (!removed) return;
    await forgetTarget(tx, { type: "image", id: image.id });
    await moveImagesCount(tx, removed.ownerId, -1);
    await deps.jobs.enqueue(tx, removeFilesQueue, { sha256: removed.sha256 });
    await alongside?.(tx);
  });
  await deps.viewCounters.forget([image.id]);
}

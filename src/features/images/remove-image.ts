import { forgetTarget } from "#features/activity/record-activity.ts";
import { removeFilesQueue } from "#features/images/images.jobs.ts";
import { moveImagesCount } from "#features/users/move-counters.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/** Deletes the row with its likes and deeds at once; a job removes the files nobody else uses. */
export async function removeImage(
  { database, jobs }: { database: Database; jobs: Jobs },
  { image }: { image: { id: number; ownerId: number; sha256: string } },
): Promise<void> {
  await database.$transaction(async (tx) => {
    const { count } = await tx.image.deleteMany({ where: { id: image.id } });
    // Removed by another request meanwhile: the counter moved there.
    if (count === 0) return;
    await forgetTarget(tx, { type: "image", id: image.id });
    await moveImagesCount(tx, image.ownerId, -1);
    await jobs.enqueue(tx, removeFilesQueue, { sha256: image.sha256 });
  });
}

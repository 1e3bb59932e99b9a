import { recountImages } from "#features/images/recount-images.ts";
import {
  contentLockName,
  imageFormats,
  originalKey,
  thumbnailKey,
} from "#features/images/storage-keys.ts";
import { thumbnailWidths } from "#lib/thumbnail-sizes.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import type { Database } from "#platform/database.ts";
import type { Storage } from "#platform/storage.ts";
import { lookAgainMilliseconds, type ViewCounters, viewDaysKept } from "#platform/view-counters.ts";

export const removeFilesQueue = "images.remove-files";
export const sweepFilesQueue = "images.sweep-files";
export const sweepViewsQueue = "images.sweep-views";
export const recountImagesQueue = "images.recount";

interface FileDeps {
  database: Database;
  storage: Storage;
  lock: AdvisoryLock;
  clock: () => Date;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Removes the files of bytes that no row uses any more. May run twice, and late. */
export async function removeFiles(deps: FileDeps, { sha256 }: { sha256: string }): Promise<void> {
  await deps.lock(contentLockName(sha256), async () => {
    const used = await deps.database.image.findFirst({ where: { sha256 }, select: { id: true } });
    if (used) return;
    for (const format of imageFormats) await deps.storage.remove(originalKey(sha256, format));
    for (const width of thumbnailWidths) await deps.storage.remove(thumbnailKey(sha256, width));
  });
}

/** Removes files that a crash left without a row, an hour after they were kept. */
export async function sweepFiles(deps: FileDeps): Promise<void> {
  const before = new Date(deps.clock().getTime() - hour);
  for (const prefix of ["originals", "thumbnails"]) {
    let batch = new Set<string>();
    for await (const key of deps.storage.listOlderThan(prefix, before)) {
      const sha256 = /\/([0-9a-f]{64})[.-]/.exec(key)?.[1];
      if (sha256) batch.add(sha256);
      if (batch.size < 500) continue;
      await removeUnused(deps, batch);
      batch = new Set();
    }
    await removeUnused(deps, batch);
  }
  await deps.storage.sweepTemporary(before);
}

async function removeUnused(deps: FileDeps, hashes: Set<string>): Promise<void> {
  const rows = await deps.database.image.findMany({
    where: { sha256: { in: [...hashes] } },
    select: { sha256: true },
    distinct: ["sha256"],
  });
  for (const { sha256 } of rows) hashes.delete(sha256);
  for (const sha256 of hashes) await removeFiles(deps, { sha256 });
}

/** Removes what counting views no longer asks for. */
export async function sweepViews(deps: Pick<FileDeps, "database" | "clock">): Promise<void> {
  const now = deps.clock().getTime();
  const before = (milliseconds: number) => ({ lt: new Date(now - milliseconds) });
  await deps.database.imageDailyView.deleteMany({ where: { day: before(viewDaysKept * day) } });
  // Twice as long as they count: views that had to wait come late.
  await deps.database.viewMark.deleteMany({
    where: { countedAt: before(2 * lookAgainMilliseconds) },
  });
  await deps.database.viewBatch.deleteMany({
    where: { appliedAt: before(viewDaysKept * day) },
  });
}

/** What the recount found is in the log; the rankings are made of what it left. */
export async function recountPictures(
  deps: Parameters<typeof recountImages>[0] & { viewCounters: Pick<ViewCounters, "refill"> },
): Promise<void> {
  await recountImages(deps);
  await deps.viewCounters.refill();
}

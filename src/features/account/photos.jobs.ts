import { contentLockName, photoKey, photoOf, photoSizes } from "#features/images/storage-keys.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import type { Database } from "#platform/database.ts";
import type { Storage } from "#platform/storage.ts";

export const removePhotoQueue = "account.remove-photo";
export const sweepPhotosQueue = "account.sweep-photos";

interface PhotoFilesDeps {
  database: Database;
  storage: Storage;
  lock: AdvisoryLock;
  clock: () => Date;
}

const hour = 3_600_000;
const hashIn = /\/([0-9a-f]{64})(?:-|$)/;

/** Removes the files of a photo that no profile shows any more. May run twice, and late. */
export async function removePhoto(
  deps: PhotoFilesDeps,
  { photo }: { photo: string },
): Promise<void> {
  const sha256 = hashIn.exec(photo)?.[1];
  if (!sha256) return;
  await deps.lock(contentLockName(sha256), async () => {
    const shown = await deps.database.profile.count({ where: { photo: photoOf(sha256) } });
    if (shown > 0) return;
    for (const size of photoSizes) await deps.storage.remove(photoKey(photoOf(sha256), size));
  });
}

/** Removes photos that a crash left without a row, an hour after they were kept. */
export async function sweepPhotos(deps: PhotoFilesDeps): Promise<void> {
  const before = new Date(deps.clock().getTime() - hour);
  let batch = new Set<string>();
  for await (const key of deps.storage.listOlderThan("photos", before)) {
    const sha256 = hashIn.exec(key)?.[1];
    if (sha256) batch.add(photoOf(sha256));
    if (batch.size < 500) continue;
    await removeUnused(deps, batch);
    batch = new Set();
  }
  await removeUnused(deps, batch);
}

async function removeUnused(deps: PhotoFilesDeps, photos: Set<string>): Promise<void> {
  const shown = await deps.database.profile.findMany({
    where: { photo: { in: [...photos] } },
    select: { photo: true },
  });
  for (const { photo } of shown) photos.delete(photo ?? "");
  for (const photo of photos) await removePhoto(deps, { photo });
}

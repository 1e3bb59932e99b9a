import { rm } from "node:fs/promises";
import { contentLockName, photoKey, photoOf, photoSizes } from "#features/images/storage-keys.ts";
import { Invalid, TooManyRequests } from "#lib/errors.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import { ImageError } from "#platform/image-error.ts";
import type { ImageProcessor, SquaredImage } from "#platform/image-processor.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Storage } from "#platform/storage.ts";

export interface PhotoDeps {
  imageProcessor: ImageProcessor;
  storage: Storage;
  lock: AdvisoryLock;
  temporaryFolder: string;
  limits: Pick<RateLimits, "picturesByPerson">;
}

/**
 * The squares of a photo that a person sent, in the temporary folder until the caller discards them.
 * @throws Invalid for `photo`, and TooManyRequests
 */
export async function readPhoto(
  deps: PhotoDeps,
  { actor, path }: { actor: { id: number }; path: string },
): Promise<SquaredImage> {
  await deps.limits.picturesByPerson.take(String(actor.id));
  try {
    return await deps.imageProcessor.squares(path, deps.temporaryFolder, photoSizes);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    if (error.failure === "busy") throw new TooManyRequests(10, error.message);
    throw new Invalid({ photo: error.message }, error.failure, { cause: error });
  }
}

/**
 * Keeps a photo's files, then calls `writeRow` with what the profile is to hold: a row without its
 * files cannot be, and no job removes them between the two.
 */
export async function keepPhoto<T>(
  { storage, lock }: PhotoDeps,
  { sha256, squares }: SquaredImage,
  writeRow: (photo: string) => Promise<T>,
): Promise<T> {
  return lock(contentLockName(sha256), async () => {
    for (const { side, path } of squares) {
      await storage.keep(photoKey(photoOf(sha256), side as (typeof photoSizes)[number]), path);
    }
    return writeRow(photoOf(sha256));
  });
}

/** Removes what readPhoto left in the temporary folder. */
export async function discardPhoto({ squares }: SquaredImage): Promise<void> {
  await Promise.all(squares.map(({ path }) => rm(path, { force: true })));
}

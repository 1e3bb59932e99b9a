import type { z } from "zod";
import { recordActivity } from "#features/activity/record-activity.ts";
import { imageSlug } from "#features/images/image-slug.ts";
import type { SaveImageSchema } from "#features/images/images.schemas.ts";
import type { IncomingPicture, IncomingPictures } from "#features/images/incoming-pictures.ts";
import { contentLockName, originalKey, thumbnailKey } from "#features/images/storage-keys.ts";
import { moveImagesCount } from "#features/users/move-counters.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import type { Database } from "#platform/database.ts";
import type { Storage } from "#platform/storage.ts";

export interface BookmarkImageDeps {
  database: Database;
  storage: Storage;
  lock: AdvisoryLock;
  incoming: IncomingPictures;
  clock: () => Date;
}

interface Bookmark {
  id: number;
  slug: string;
  /** False when this person has these very bytes already. */
  isNew: boolean;
}

/**
 * Keeps a received picture as the actor's. Files come first and the row last, so that a row
 * without a file cannot be; a file without a row is swept.
 */
export async function bookmarkImage(
  deps: BookmarkImageDeps,
  request: {
    actor: { id: number };
    input: Pick<z.output<typeof SaveImageSchema>, "title" | "description" | "page">;
    picture: IncomingPicture;
  },
): Promise<Bookmark> {
  const { picture, actor } = request;
  const saved = await deps.lock(contentLockName(picture.image.sha256), async () => {
    const known = await findOwnImage(deps.database, actor.id, picture.image.sha256);
    if (known) return { ...known, isNew: false };
    await keepFiles(deps.storage, picture);
    return { ...(await insertImage(deps, request)), isNew: true };
  });
  await deps.incoming.discard(picture);
  return saved;
}

export const findOwnImage = (database: Database, ownerId: number, sha256: string) =>
  database.image.findUnique({
    where: { ownerId_sha256: { ownerId, sha256 } },
    select: { id: true, slug: true },
  });

async function keepFiles(storage: Storage, { path, image }: IncomingPicture): Promise<void> {
  for (const { nominal, path: thumbnail } of image.thumbnails) {
    await storage.keep(thumbnailKey(image.sha256, nominal), thumbnail);
  }
  await storage.keep(originalKey(image.sha256, image.format), path);
}

async function insertImage(
  { database, clock }: BookmarkImageDeps,
  { actor, input, picture }: Parameters<typeof bookmarkImage>[1],
) {
  const { image } = picture;
  const now = clock();
  return database.$transaction(async (tx) => {
    const row = await tx.image.create({
      data: {
        ownerId: actor.id,
        title: input.title,
        slug: imageSlug(input.title),
        description: input.description,
        sourceUrl: picture.sourceUrl,
        pageUrl: input.page,
        storageKey: originalKey(image.sha256, image.format),
        sha256: image.sha256,
        width: image.width,
        height: image.height,
        bytes: image.bytes,
        format: image.format,
        isAnimated: image.frames > 1,
        dominantColour: image.dominantColour,
        perceptualHash: image.perceptualHash,
        createdAt: now,
      },
      select: { id: true, slug: true },
    });
    await moveImagesCount(tx, actor.id, 1);
    await recordActivity(tx, {
      actorId: actor.id,
      verb: "image_bookmarked",
      target: { type: "image", id: row.id },
      now,
    });
    return row;
  });
}

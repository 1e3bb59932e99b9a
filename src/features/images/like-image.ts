import { recordActivity } from "#features/activity/record-activity.ts";
import { holdImage } from "#features/images/images.access.ts";
import type { Database, Transaction } from "#platform/database.ts";

interface LikeRequest {
  actor: { id: number };
  image: { id: number };
}

/** Answers how many like the image now. Liking twice is liking once. @throws NotFound */
export async function likeImage(
  { database, clock }: { database: Database; clock: () => Date },
  { actor, image }: LikeRequest,
): Promise<number> {
  const now = clock();
  return database.$transaction(async (tx) => {
    await holdImage(tx, image.id);
    // The key makes a double click a no-op; the counter moves only with a new row.
    const added = await tx.$executeRaw`
      insert into likes (user_id, image_id, created_at)
      values (${actor.id}, ${image.id}, ${now})
      on conflict do nothing`;
    if (added === 0) return likesOf(tx, image.id);
    const likes = await moveLikes(tx, image.id, 1);
    await recordActivity(tx, {
      actorId: actor.id,
      verb: "image_liked",
      target: { type: "image", id: image.id },
      now,
    });
    return likes;
  });
}

/** Answers how many like the image now. @throws NotFound */
export async function unlikeImage(
  { database }: { database: Database },
  { actor, image }: LikeRequest,
): Promise<number> {
  return database.$transaction(async (tx) => {
    // Deleting locks the image, then its likes: in the other order the two would wait for each other.
    await holdImage(tx, image.id);
    const { count } = await tx.like.deleteMany({ where: { userId: actor.id, imageId: image.id } });
    return count === 0 ? likesOf(tx, image.id) : moveLikes(tx, image.id, -1);
  });
}

async function moveLikes(tx: Transaction, id: number, by: 1 | -1): Promise<number> {
  const [row] = await tx.$queryRaw<{ likes: number }[]>`
    update images set total_likes = greatest(total_likes + ${by}, 0) where id = ${id}
    returning total_likes as likes`;
  return row?.likes ?? 0;
}

async function likesOf(tx: Transaction, id: number): Promise<number> {
  const { totalLikes } = await tx.image.findUniqueOrThrow({
    where: { id },
    select: { totalLikes: true },
  });
  return totalLikes;
}

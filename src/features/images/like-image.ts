import { recordActivity } from "#features/activity/record-activity.ts";
import { notHere } from "#features/images/images.access.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";

interface LikeRequest {
  actor: { id: number };
  image: { id: number };
}

// Deleting an image locks it, then its likes: in the other order the two would wait for each other,
// so each statement here holds the image first. The key makes a double click a no-op; the counter
// moves only with a row.

interface Change {
  isThere: boolean;
  /** After the change; null when nothing changed. */
  likes: number | null;
}

/** Answers how many like the image now. Liking twice is liking once. @throws NotFound */
export async function likeImage(
  { database, clock }: { database: Database; clock: () => Date },
  { actor, image }: LikeRequest,
): Promise<number> {
  const now = clock();
  return database.$transaction(
    async (tx) => (await addLike(tx, { actor, image, now })) ?? likesOf(tx, image.id),
  );
}

/** The same in a transaction of the caller's; answers null for whoever likes it already. */
export async function addLike(
  tx: Transaction,
  { actor, image, now }: LikeRequest & { now: Date },
): Promise<number | null> {
  const rows = await tx.$queryRaw<Change[]>`
    with held as materialized (
      select id from images where id = ${image.id} for key share
    ), added as (
      insert into likes (user_id, image_id, created_at)
      select ${actor.id}, id, ${now} from held
      on conflict do nothing returning image_id
    ), moved as (
      update images set total_likes = total_likes + 1
      from added where images.id = added.image_id returning total_likes
    )
    select exists (select from held) as "isThere", (select total_likes from moved) as likes`;
  const likes = likesAfter(rows);
  if (likes !== null) {
    await recordActivity(tx, {
      actorId: actor.id,
      verb: "image_liked",
      target: { type: "image", id: image.id },
      now,
    });
  }
  return likes;
}

/**
 * Answers how many like the image now.
 * @param alongside what else that transaction does
 * @throws NotFound, where there is something to do alongside also for a like that is not there
 */
export async function unlikeImage(
  { database }: { database: Database },
  { actor, image, alongside }: LikeRequest & { alongside?: (tx: Transaction) => Promise<void> },
): Promise<number> {
  return database.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<Change[]>`
      with held as materialized (
        select id from images where id = ${image.id} for key share
      ), removed as (
        delete from likes using held
        where user_id = ${actor.id} and image_id = held.id returning image_id
      ), moved as (
        update images set total_likes = greatest(total_likes - 1, 0)
        from removed where images.id = removed.image_id returning total_likes
      )
      select exists (select from held) as "isThere", (select total_likes from moved) as likes`;
    const likes = likesAfter(rows);
    if (likes === null && alongside) throw new NotFound();
    await alongside?.(tx);
    return likes ?? likesOf(tx, image.id);
  });
}

function likesAfter([change]: Change[]): number | null {
  if (!change?.isThere) throw notHere();
  return change.likes;
}

async function likesOf(tx: Transaction, id: number): Promise<number> {
  const image = await tx.image.findUnique({ where: { id }, select: { totalLikes: true } });
  if (!image) throw notHere();
  return image.totalLikes;
}

import type { Transaction } from "#platform/database.ts";

/** Moves how many pictures a person has, in the transaction that adds or removes one. */
export async function moveImagesCount(
  tx: Transaction,
  personId: number,
  by: 1 | -1,
): Promise<void> {
  // A counter that drifted is for the recount; it must not keep anyone from deleting a picture.
  await tx.$executeRaw`
    update profiles set images_count = greatest(images_count + ${by}, 0) where user_id = ${personId}`;
}

/**
 * Moves both sides of a follow, in the transaction that adds or removes its row and holds both
 * people (`holdPeople`). Answers how many follow the second now.
 */
export async function moveFollowCounts(
  tx: Transaction,
  { fromId, toId }: { fromId: number; toId: number },
  by: 1 | -1,
): Promise<number> {
  const rows = await tx.$queryRaw<{ id: number; followers: number }[]>`
    update profiles set
      following_count = greatest(following_count + case user_id when ${fromId} then ${by} else 0 end, 0),
      followers_count = greatest(followers_count + case user_id when ${toId} then ${by} else 0 end, 0)
    where user_id in (${fromId}, ${toId})
    returning user_id as id, followers_count as followers`;
  return rows.find(({ id }) => id === toId)?.followers ?? 0;
}

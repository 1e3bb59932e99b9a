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

import type { Transaction } from "#platform/database.ts";

/** Moves how many pictures a person has, in the transaction that adds or removes one. */
export async function moveImagesCount(
  tx: Transaction,
  personId: number,
  by: 1 | -1,
): Promise<void> {
  await tx.profile.update({
    where: { userId: personId },
    data: { imagesCount: { increment: by } },
  });
}

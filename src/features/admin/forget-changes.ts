import type { Transaction } from "#platform/database.ts";

/** Who is gone leaves no old address or birthday in the history; that there was a change stays. */
export async function forgetChangesOf(tx: Transaction, personId: number): Promise<void> {
  await tx.adminChange.updateMany({
    where: { model: { in: ["users", "profiles"] }, objectId: String(personId) },
    data: { changes: [] },
  });
}

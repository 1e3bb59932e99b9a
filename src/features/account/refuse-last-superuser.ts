import { Conflict } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/**
 * Call it first in a transaction that removes, demotes or deactivates somebody: without an active
 * superuser nobody could administer the site.
 * @throws Conflict
 */
export async function refuseLastSuperuser(tx: Transaction, personId: number): Promise<void> {
  const person = await tx.user.findUnique({
    where: { id: personId },
    select: { isSuperuser: true },
  });
  if (!person?.isSuperuser) return;
  // Two who leave at once would each find the other still there.
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('superusers', 0))`;
  const others = await tx.user.count({
    where: { isSuperuser: true, isActive: true, id: { not: personId } },
  });
  if (others === 0) {
    throw new Conflict(
      "last_superuser",
      "You are the only administrator of this site. Make somebody else one first.",
    );
  }
}

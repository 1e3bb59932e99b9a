import { Conflict } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/**
 * Has superusers wait for each other, before a row of theirs is held: two who leave at once would each
 * find the other still there. Answers whether the person is one.
 */
export async function awaitSuperusers(tx: Transaction, personId: number): Promise<boolean> {
  const person = await tx.user.findUnique({
    where: { id: personId },
    select: { isSuperuser: true },
  });
  if (!person?.isSuperuser) return false;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('superusers', 0))`;
  return true;
}

/**
 * Call it first in a transaction that removes, demotes or deactivates somebody: without an active
 * superuser nobody could administer the site.
 * @throws Conflict
 */
export async function refuseLastSuperuser(tx: Transaction, personId: number): Promise<void> {
  if (!(await awaitSuperusers(tx, personId))) return;
  const others = await tx.user.count({
    where: { isSuperuser: true, isActive: true, id: { not: personId } },
  });
  if (others === 0) {
    throw new Conflict(
      "last_superuser",
      "This is the only administrator who can manage everything. Make somebody else one first.",
    );
  }
}

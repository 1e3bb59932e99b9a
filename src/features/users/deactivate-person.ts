import { endLinksOf } from "#features/account/account-tokens.ts";
import { endSessionsOf } from "#features/account/end-sessions.ts";
import { refuseLastSuperuser } from "#features/account/refuse-last-superuser.ts";
import type { Transaction } from "#platform/database.ts";

// In transactions of the caller's that hold the person (`holdPerson`). Every page asks for the person
// of what it shows, so what is theirs is hidden, and back, at once.

/**
 * Hides a person with all that is theirs, and signs them out everywhere. Answers whether they were
 * active. @throws Conflict for the last superuser
 */
export async function deactivatePerson(tx: Transaction, { id }: { id: number }): Promise<boolean> {
  await refuseLastSuperuser(tx, id);
  const changed = await tx.user.updateMany({
    where: { id, isActive: true },
    data: { isActive: false },
  });
  // They do not come back with the person, nor do links that were mailed.
  await endSessionsOf(tx, { id });
  await endLinksOf(tx, { id });
  return changed.count === 1;
}

/** Brings a person back with all that is theirs. Answers whether they were deactivated. */
export async function activatePerson(tx: Transaction, { id }: { id: number }): Promise<boolean> {
  const changed = await tx.user.updateMany({
    where: { id, isActive: false },
    data: { isActive: true },
  });
  return changed.count === 1;
}

import { type AdminActor, mayManagePerson } from "#features/admin/rights.ts";
import { Conflict, NotFound } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/** In the transaction that changes, closes or enters an account. @throws NotFound */
export async function requireManaged(
  tx: Transaction,
  actor: AdminActor,
  personId: number,
): Promise<void> {
  if (await mayManagePerson({ database: tx }, actor, personId)) return;
  throw new NotFound("This account may do more than you, so it is not yours to change.");
}

/**
 * Chosen with all others, one's own account would be gone in a moment.
 * @param instead who does it, or where
 * @throws Conflict
 */
export function refuseOwnAccount(actor: AdminActor, personId: number, instead: string): void {
  if (actor.id !== personId) return;
  throw new Conflict("own_account", `This is your own account. ${instead}`);
}

import {
  findSecondStep,
  getSecondFactors,
  type SecondFactors,
} from "#features/second-factors/second-factors.queries.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import type { Sql } from "#platform/sql.ts";
import type { PendingSignIn } from "#web/types.ts";

const tenMinutes = 600_000;

export interface PendingPerson {
  person: { id: number; username: string; name: string; isStaff: boolean; isSuperuser: boolean };
  factors: SecondFactors;
  next: string;
  isKept: boolean;
}

/**
 * Whose sign-in waits for its second step, loaded anew; null when none does, when it took too long,
 * or when the person was deactivated, changed their password or needs no second step any more.
 */
export async function findPendingPerson(
  deps: { database: Database; sql: Sql; clock: () => Date },
  pending: PendingSignIn | undefined,
): Promise<PendingPerson | null> {
  if (!pending || deps.clock().getTime() - pending.since > tenMinutes) return null;
  const { personId, stamp, next, isKept } = pending;
  if ((await findSecondStep(deps, { personId })) !== stamp) return null;
  const user = await deps.database.user.findFirst({ where: { id: personId, isActive: true } });
  if (!user) return null;
  const { id, username, isStaff, isSuperuser } = user;
  const person = { id, username, name: displayName(user), isStaff, isSuperuser };
  return { person, factors: await getSecondFactors(deps, { id }), next, isKept };
}

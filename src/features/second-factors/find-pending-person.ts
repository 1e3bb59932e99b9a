import { WrongCredentials } from "#features/account/verify-credentials.ts";
import {
  findSecondStep,
  getSecondFactors,
  type SecondFactors,
  stampOf,
} from "#features/second-factors/second-factors.queries.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import type { Sql } from "#platform/sql.ts";
import type { PendingSignIn } from "#web/types.ts";

const tenMinutes = 600_000;

export interface PendingPerson {
  person: {
    id: number;
    username: string;
    name: string;
    isStaff: boolean;
    isSuperuser: boolean;
    /** The session starts while this is so, and not after. */
    verifiedHash: string | null;
  };
  factors: SecondFactors;
  next: string;
  isKept: boolean;
}

/**
 * What a sign-in must still match when its second step is done; null where none is asked for.
 * @throws Invalid as for wrong credentials when the password was changed since it was verified
 */
export async function askForSecondStep(
  deps: { sql: Sql },
  { person }: { person: { id: number; verifiedHash?: string | null } },
): Promise<string | null> {
  const { id: personId, verifiedHash } = person;
  const stamp = await findSecondStep(deps, { personId });
  if (stamp === null || verifiedHash === undefined || stamp === stampOf(verifiedHash)) return stamp;
  throw new WrongCredentials();
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
  // Read after the stamp, so that what the session is started with is what the first step proved.
  if (!user || stampOf(user.passwordHash) !== stamp) return null;
  const { id, username, isStaff, isSuperuser, passwordHash: verifiedHash } = user;
  const person = { id, username, name: displayName(user), isStaff, isSuperuser, verifiedHash };
  return { person, factors: await getSecondFactors(deps, { id }), next, isKept };
}

/** Whether the password was changed, or the person deactivated, while the second step was looked at. */
export const isTooLate = (error: unknown): boolean => error instanceof WrongCredentials;

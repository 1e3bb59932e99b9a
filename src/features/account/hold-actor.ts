import { Forbidden } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/** Somebody signed in, and by which session. */
export interface Actor {
  id: number;
  sessionId: string;
}

/**
 * Holds whoever asks for something that opens or shuts their account: the person before what is
 * theirs, as everybody holds them. Whoever set a new password meanwhile has ended this session, and
 * what was confirmed in it is so no more.
 * @throws Forbidden
 */
export async function holdActor(tx: Transaction, { id, sessionId }: Actor): Promise<void> {
  await tx.$queryRaw`select 1 from users where id = ${id} for no key update`;
  // A statement of its own, which sees what those did who held the row before.
  const where = { id: sessionId, userId: id, user: { isActive: true } };
  if ((await tx.session.count({ where })) === 1) return;
  throw new Forbidden("signed_out", "You were signed out just now. Sign in again, then try again.");
}

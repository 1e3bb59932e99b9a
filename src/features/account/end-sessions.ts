import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ends one sign-in of the actor. @throws NotFound also for other people's */
export async function endOwnSession(
  { database }: { database: Database },
  { actor, id }: { actor: { id: number }; id: string },
): Promise<void> {
  const { count } = uuid.test(id)
    ? await database.session.deleteMany({ where: { id, userId: actor.id } })
    : { count: 0 };
  if (count === 0) throw new NotFound("This session has ended already.");
}

/** Ends every sign-in of the actor but the one they ask from; answers how many. */
export async function endOtherSessions(
  { database }: { database: Database },
  { actor }: { actor: { id: number; sessionId: string } },
): Promise<number> {
  const { count } = await database.session.deleteMany({
    where: { userId: actor.id, id: { not: actor.sessionId } },
  });
  return count;
}

/** Ends every sign-in of a person in the transaction that is the reason; answers how many. */
export async function endSessionsOf(tx: Transaction, person: { id: number }): Promise<number> {
  const { count } = await tx.session.deleteMany({ where: { userId: person.id } });
  return count;
}

/**
 * Signs a device of anybody out, for those who may: the caller has asked.
 * @param alongside what else that transaction does, told whose device it is
 * @throws NotFound
 */
export async function endAnySession(
  { database }: { database: Database },
  {
    session,
    alongside,
  }: {
    session: { id: string };
    alongside: (tx: Transaction, owner: { id: number }) => Promise<void>;
  },
): Promise<void> {
  await database.$transaction(async (tx) => {
    const [held] = await tx.$queryRaw<{ userId: number }[]>`
      select user_id as "userId" from sessions where id = ${session.id}::uuid for update`;
    if (!held) throw new NotFound("This session has ended already.");
    await alongside(tx, { id: held.userId });
    await tx.session.delete({ where: { id: session.id } });
  });
}

import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

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

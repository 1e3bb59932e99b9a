import type { Database } from "#platform/database.ts";

/** Notes that whoever uses a session has just proved who they are. */
export async function noteConfirmation(
  { database, clock }: { database: Database; clock: () => Date },
  { sessionId }: { sessionId: string },
): Promise<void> {
  const data = { confirmedAt: clock() };
  await database.session.updateMany({ where: { id: sessionId }, data });
}

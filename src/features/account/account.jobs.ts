import { absoluteMilliseconds, idleMilliseconds } from "#features/account/find-session.ts";
import type { Database } from "#platform/database.ts";

export const sweepSessionsQueue = "account.sweep-sessions";

/** Removes sessions that have aged out; nobody is signed in by them any more. */
export async function sweepSessions(deps: {
  database: Database;
  clock: () => Date;
}): Promise<void> {
  const now = deps.clock().getTime();
  await deps.database.session.deleteMany({
    where: {
      OR: [
        { lastSeenAt: { lt: new Date(now - idleMilliseconds) } },
        { createdAt: { lt: new Date(now - absoluteMilliseconds) } },
      ],
    },
  });
}

import {
  absoluteMilliseconds,
  idleMilliseconds,
  unkeptMilliseconds,
} from "#features/account/find-session.ts";
import type { Database } from "#platform/database.ts";

export const sweepSessionsQueue = "account.sweep-sessions";

/** Removes sessions and tokens that have aged out; nobody gets in by them any more. */
export async function sweepSessions(deps: {
  database: Database;
  clock: () => Date;
}): Promise<void> {
  const now = deps.clock().getTime();
  await deps.database.session.deleteMany({
    where: {
      OR: [
        { lastSeenAt: { lt: new Date(now - idleMilliseconds) } },
        { isKept: false, lastSeenAt: { lt: new Date(now - unkeptMilliseconds) } },
        { createdAt: { lt: new Date(now - absoluteMilliseconds) } },
      ],
    },
  });
  await deps.database.accountToken.deleteMany({ where: { expiresAt: { lt: deps.clock() } } });
}

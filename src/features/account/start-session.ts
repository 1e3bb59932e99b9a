import { randomUUID } from "node:crypto";
import type { Database } from "#platform/database.ts";

/** Notes a sign-in on a device and answers its id; the session lasts while that row does. */
export async function startSession(
  deps: { database: Database; clock: () => Date },
  { personId, userAgent, isKept }: { personId: number; userAgent: string; isKept: boolean },
): Promise<string> {
  const id = randomUUID();
  const now = deps.clock();
  await deps.database.$transaction([
    deps.database.session.create({
      data: {
        id,
        userId: personId,
        userAgent: userAgent.slice(0, 400),
        isKept,
        createdAt: now,
        lastSeenAt: now,
        confirmedAt: now,
      },
    }),
    deps.database.user.update({ where: { id: personId }, data: { lastSignInAt: now } }),
  ]);
  return id;
}

export async function endSession(
  deps: { database: Database },
  { id }: { id: string },
): Promise<void> {
  await deps.database.session.deleteMany({ where: { id } });
}

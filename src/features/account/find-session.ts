import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";

const hour = 3_600_000;
/** How long a session lives unused, and how long at most. */
export const idleMilliseconds = 14 * 24 * hour;
export const absoluteMilliseconds = 90 * 24 * hour;

/** The person signed in by a session, or null once it ended, aged out, or the person was deactivated. */
export async function findSession(
  deps: { database: Database; clock: () => Date },
  { id }: { id: string },
) {
  const session = await deps.database.session.findUnique({
    where: { id },
    select: {
      createdAt: true,
      lastSeenAt: true,
      user: {
        select: {
          id: true,
          username: true,
          firstName: true,
          lastName: true,
          isActive: true,
          isSuperuser: true,
        },
      },
    },
  });
  const now = deps.clock();
  const age = (since: Date) => now.getTime() - since.getTime();
  if (
    !session?.user.isActive ||
    age(session.createdAt) > absoluteMilliseconds ||
    age(session.lastSeenAt) > idleMilliseconds
  ) {
    return null;
  }
  // Once an hour: a write on every request would cost more than all else on a page.
  if (age(session.lastSeenAt) > hour) {
    await deps.database.session.updateMany({ where: { id }, data: { lastSeenAt: now } });
  }
  const { user } = session;
  return {
    id: user.id,
    username: user.username,
    name: displayName(user),
    isSuperuser: user.isSuperuser,
    sessionId: id,
  };
}

import { avatarOf } from "#features/users/users.view-data.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import type { Sql } from "#platform/sql.ts";

const hour = 3_600_000;
/** What people take for now. A write on every request would cost more than all else on a page. */
const noteMilliseconds = hour / 12;
/** How long a session lives unused, and how long at most. */
export const idleMilliseconds = 14 * 24 * hour;
/** One that is not kept ends with its browser, and browsers that restore their tabs never end. */
export const unkeptMilliseconds = 24 * hour;
export const absoluteMilliseconds = 90 * 24 * hour;

interface SessionRow {
  createdAt: Date;
  lastSeenAt: Date;
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  isStaff: boolean;
  isSuperuser: boolean;
  isKept: boolean;
  confirmedAt: Date;
  photo: string | null;
}

/** The person signed in by a session, or null once it ended, aged out, or the person was deactivated. */
export async function findSession(
  deps: { database: Database; sql: Sql; clock: () => Date },
  { id }: { id: string },
) {
  const [session] = await deps.sql<SessionRow>`
    select s.created_at as "createdAt", s.last_seen_at as "lastSeenAt",
      u.id, u.username::text, u.first_name as "firstName", u.last_name as "lastName",
      u.is_staff as "isStaff", u.is_superuser as "isSuperuser", s.is_kept as "isKept",
      s.confirmed_at as "confirmedAt", p.photo
    from sessions s join users u on u.id = s.user_id left join profiles p on p.user_id = u.id
    where s.id = ${id}::uuid and u.is_active`;
  const now = deps.clock();
  const age = (since: Date) => now.getTime() - since.getTime();
  if (
    !session ||
    age(session.createdAt) > absoluteMilliseconds ||
    age(session.lastSeenAt) > (session.isKept ? idleMilliseconds : unkeptMilliseconds)
  ) {
    return null;
  }
  if (age(session.lastSeenAt) > noteMilliseconds) {
    await deps.database.session.updateMany({ where: { id }, data: { lastSeenAt: now } });
  }
  const { username, isStaff, isSuperuser, confirmedAt } = session;
  const { photo } = avatarOf(session);
  return {
    id: session.id,
    username,
    isStaff,
    isSuperuser,
    name: displayName(session),
    photo,
    sessionId: id,
    confirmedAt,
  };
}

import {
  absoluteMilliseconds,
  idleMilliseconds,
  unkeptMilliseconds,
} from "#features/account/find-session.ts";
import { NotFound } from "#lib/errors.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";

export interface OwnProfile {
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  /** As YYYY-MM-DD, empty when not told. */
  dateOfBirth: string;
  bio: string;
  photo: string | null;
  /** An address that was asked whether it is theirs and has not answered. */
  waitingEmail: string | null;
  isEmailConfirmed: boolean;
}

/** All that a person may change about themselves. @throws NotFound */
export async function getOwnProfile(
  { sql, clock }: { sql: Sql; clock: () => Date },
  { id }: { id: number },
): Promise<OwnProfile> {
  const [profile] = await sql<OwnProfile>`
    select u.username::text, u.first_name as "firstName", u.last_name as "lastName",
      u.email::text, coalesce(to_char(p.date_of_birth, 'YYYY-MM-DD'), '') as "dateOfBirth",
      p.bio, p.photo, t.email::text as "waitingEmail",
      u.email_confirmed_at is not null as "isEmailConfirmed"
    from users u
      join profiles p on p.user_id = u.id
      left join account_tokens t on t.user_id = u.id and t.purpose = 'confirm_email'
        and t.expires_at > ${clock()} and t.email <> u.email
    where u.id = ${id}`;
  if (!profile) throw new NotFound();
  return profile;
}

/** People who sign in through another service or with a passkey may have none. */
export async function hasPassword({ sql }: { sql: Sql }, { id }: { id: number }): Promise<boolean> {
  const [person] = await sql<{ has: boolean }>`
    select password_hash is not null as has from users where id = ${id}`;
  return person?.has === true;
}

export interface SessionRow {
  id: string;
  userAgent: string;
  createdAt: Date;
  lastSeenAt: Date;
}

export const mostSessions = 100;
const sessionLimit = sqlNumber(mostSessions);

/** The sign-ins of a person that still count, this one first, then the last seen. */
export function listSessions(
  { sql, clock }: { sql: Sql; clock: () => Date },
  { id, sessionId }: { id: number; sessionId: string },
): Promise<SessionRow[]> {
  const now = clock().getTime();
  return sql<SessionRow>`
    select id, user_agent as "userAgent", created_at as "createdAt", last_seen_at as "lastSeenAt"
    from sessions
    where user_id = ${id} and last_seen_at >= ${new Date(now - idleMilliseconds)}
      and (is_kept or last_seen_at >= ${new Date(now - unkeptMilliseconds)})
      and created_at >= ${new Date(now - absoluteMilliseconds)}
    order by id = ${sessionId}::uuid desc, last_seen_at desc, id
    limit ${sessionLimit}`;
}

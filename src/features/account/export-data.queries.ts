import { beforeFirst, type Cursor } from "#lib/pagination.ts";
import { type Sql, sqlNumber, sqlText } from "#platform/sql.ts";

interface Owner {
  id: number;
}

const pageSize = 1000;
const pageLimit = sqlNumber(pageSize);

/** Everything of a kind, newest first, page after page: nobody's whole history is in memory at once. */
async function* pages<Row extends Cursor>(
  read: (after: Cursor) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let after = beforeFirst;
  for (;;) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < pageSize || last === undefined) return;
    after = last;
  }
}

/** The user's and the profile's fields, without what signs them in. */
export async function readPerson({ sql }: { sql: Sql }, { id }: Owner): Promise<object> {
  const [person] = await sql<object>`
    select u.username::text, u.email::text, u.email_confirmed_at as "emailConfirmedAt",
      u.first_name as "firstName", u.last_name as "lastName",
      to_char(p.date_of_birth, 'YYYY-MM-DD') as "dateOfBirth", p.bio,
      u.joined_at as "joinedAt", u.last_sign_in_at as "lastSignInAt",
      (select created_at from authenticators where user_id = u.id) as "twoStepSignInSince",
      (select count(*)::int from recovery_codes where user_id = u.id) as "recoveryCodes",
      p.followers_count as followers, p.following_count as following, p.images_count as images
    from users u join profiles p on p.user_id = u.id where u.id = ${id}`;
  return person ?? {};
}

export interface ExportedImage extends Cursor {
  slug: string;
  storageKey: string;
}

export const readImages = ({ sql }: { sql: Sql }, { id }: Owner) =>
  pages<ExportedImage>(
    (after) => sql`
      select id, title, slug, description, source_url as "sourceUrl", page_url as "pageUrl",
        storage_key as "storageKey", sha256, width, height, bytes, format::text,
        total_likes as likes, total_views as views, created_at as "createdAt"
      from images where owner_id = ${id} and (created_at, id) < (${after.createdAt}, ${after.id})
      order by created_at desc, id desc limit ${pageLimit}`,
  );

export interface ExportedLike extends Cursor {
  title: string;
  slug: string;
}

/** Of pictures that are shown; their owners' other data stay theirs. */
export const readLikes = ({ sql }: { sql: Sql }, { id }: Owner) =>
  pages<ExportedLike>(
    (after) => sql`
      select l.image_id as id, i.title, i.slug, l.created_at as "createdAt"
      from likes l join images i on i.id = l.image_id join users u on u.id = i.owner_id
      where l.user_id = ${id} and u.is_active
        and (l.created_at, l.image_id) < (${after.createdAt}, ${after.id})
      order by l.created_at desc, l.image_id desc limit ${pageLimit}`,
  );

const sides = {
  following: { whose: sqlText`c.from_id`, others: sqlText`c.to_id` },
  followers: { whose: sqlText`c.to_id`, others: sqlText`c.from_id` },
} as const;

export const readContacts = (
  { sql }: { sql: Sql },
  { id, list }: Owner & { list: keyof typeof sides },
) => {
  const { whose, others } = sides[list];
  return pages<Cursor & { username: string }>(
    (after) => sql`
      select ${others} as id, u.username::text, c.created_at as "createdAt"
      from contacts c join users u on u.id = ${others}
      where ${whose} = ${id} and u.is_active
        and (c.created_at, ${others}) < (${after.createdAt}, ${after.id})
      order by c.created_at desc, ${others} desc limit ${pageLimit}`,
  );
};

/** A session's id is as good as its cookie to whoever finds the archive: it stays here. */
export const readSessions = ({ sql }: { sql: Sql }, { id }: Owner) =>
  sql<object>`
    select user_agent as "userAgent", created_at as "createdAt", last_seen_at as "lastSeenAt"
    from sessions where user_id = ${id} order by created_at desc limit 10000`;

/** What they are called and when they were used; what they are checked with is nobody's business. */
export const readPasskeys = ({ sql }: { sql: Sql }, { id }: Owner) =>
  sql<object>`
    select name, created_at as "createdAt", last_used_at as "lastUsedAt"
    from passkeys where user_id = ${id} order by created_at desc, id limit 100`;

/** Where else they have an account that signs them in here. */
export const readConnections = ({ sql }: { sql: Sql }, { id }: Owner) =>
  sql<object>`
    select issuer, label, created_at as "createdAt", last_used_at as "lastUsedAt"
    from oidc_identities where user_id = ${id} order by created_at, issuer`;

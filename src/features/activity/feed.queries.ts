import type { CardRow } from "#features/images/images.queries.ts";
import { type PersonRow, personColumns } from "#features/users/users.queries.ts";
import type { Cursor } from "#lib/pagination.ts";
import { type Sql, sqlNumber, sqlText } from "#platform/sql.ts";
import type { ActionVerb } from "#prisma/generated/enums.ts";

export interface Deed extends Cursor {
  userId: number;
  verb: ActionVerb;
  targetId: number;
  /** Done by somebody the viewer follows; false where they follow nobody and see everybody's. */
  isFollowed: boolean;
}

export interface FeedPerson {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  photo: string | null;
}

const deedColumns = sqlText`
  a.id::float8 as id, a.user_id as "userId", a.verb, a.target_id as "targetId",
  a.created_at as "createdAt"`;

/**
 * What those did whom the viewer follows, newest first, or everybody else where they follow nobody.
 * However many are followed and however busy they are, it reads one index entry of each, and then of
 * the n people whose newest deeds are newest only what is not older than the last of these: n deeds
 * are newer than all the rest, and of whoever's newest comes r-th at most n - r + 1 are among them.
 * docs/decisions.md has the plans of this and of others.
 */
export function listDeeds(
  { sql }: { sql: Sql },
  { viewer, after, count }: { viewer: { id: number }; after: Cursor; count: number },
): Promise<Deed[]> {
  const most = sqlNumber(count);
  return sql<Deed>`
  with newest as (
    select c.to_id as user_id, last.created_at, last.id,
      row_number() over (order by last.created_at desc, last.id desc) as place
    from contacts c
    cross join lateral (
      select created_at, id from actions
      where user_id = c.to_id and (created_at, id) < (${after.createdAt}, ${after.id})
      order by created_at desc, id desc limit 1
    ) last
    where c.from_id = ${viewer.id} and (select is_active from users where id = c.to_id)
    order by last.created_at desc, last.id desc
    limit ${most}
  ), oldest as (
    select created_at, id from newest where place = ${most}
    union all
    select '-infinity', 0 where (select count(*) from newest) < ${most}
  ), chosen as (
    select theirs.id
    from oldest cross join newest n
    cross join lateral (
      select created_at, id from actions
      where user_id = n.user_id and (created_at, id) < (${after.createdAt}, ${after.id})
        and (created_at, id) >= (oldest.created_at, oldest.id)
      order by created_at desc, id desc limit (${most} - n.place + 1)
    ) theirs
    order by theirs.created_at desc, theirs.id desc
    limit ${most}
  )
  select ${deedColumns}, true as "isFollowed"
  from chosen join actions a on a.id = chosen.id
  union all
  select * from (
    select ${deedColumns}, false as "isFollowed"
    from actions a join users u on u.id = a.user_id and u.is_active
    where not exists (
        select 1 from contacts
        where from_id = ${viewer.id} and (select is_active from users where id = to_id)
      )
      and a.user_id <> ${viewer.id} and (a.created_at, a.id) < (${after.createdAt}, ${after.id})
    order by a.created_at desc, a.id desc
    limit ${most}
  ) everybody
  order by "createdAt" desc, id desc`;
}

/** Active people by their ids, with their photos. */
export const findPeople = ({ sql }: { sql: Sql }, ids: number[]) => sql<FeedPerson>`
  select u.id, u.username::text, u.first_name as "firstName", u.last_name as "lastName", p.photo
  from users u join profiles p on p.user_id = u.id
  where u.id = any(${ids}::int[]) and u.is_active`;

export type FeedImage = Pick<
  CardRow,
  "id" | "title" | "slug" | "sha256" | "width" | "height" | "dominantColour"
>;

/** Images of active people by their ids. */
export const findImages = ({ sql }: { sql: Sql }, ids: number[]) => sql<FeedImage>`
  select i.id, i.title, i.slug, i.sha256, i.width, i.height, i.dominant_colour as "dominantColour"
  from images i join users u on u.id = i.owner_id
  where i.id = any(${ids}::int[]) and u.is_active`;

/** The active people with most followers whom the viewer does not follow yet, and who have pictures. */
export const listSuggestions = (
  { sql }: { sql: Sql },
  { viewer }: { viewer: { id: number } },
) => sql<PersonRow>`
  select ${personColumns}
  from profiles p
    join users u on u.id = p.user_id
    left join contacts mine on mine.from_id = ${viewer.id} and mine.to_id = u.id
  where u.is_active and u.id <> ${viewer.id} and p.images_count > 0 and mine.to_id is null
  order by p.followers_count desc, p.user_id desc
  limit 4`;

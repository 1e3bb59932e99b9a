import { beforeFirst, type Cursor, type Page, toPage } from "#lib/pagination.ts";
import { type Sql, sqlNumber, sqlText } from "#platform/sql.ts";

export const pageSize = 24;
const pageLimit = sqlNumber(pageSize + 1);

/** What is shown of a person, and no more. */
export interface PersonRow {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  joinedAt: Date;
  /** Deactivated: only administrators get here. */
  isHidden: boolean;
  bio: string;
  photo: string | null;
  followersCount: number;
  followingCount: number;
  imagesCount: number;
  /** By the viewer. */
  isFollowed: boolean;
}

/** Of users as `u`, their profiles as `p` and the viewer's contacts as `mine`: a PersonRow. */
export const personColumns = sqlText`
  u.id, u.username::text, u.first_name as "firstName", u.last_name as "lastName",
  u.joined_at as "joinedAt", not u.is_active as "isHidden", coalesce(p.bio, '') as bio, p.photo,
  coalesce(p.followers_count, 0) as "followersCount",
  coalesce(p.following_count, 0) as "followingCount",
  coalesce(p.images_count, 0) as "imagesCount", mine.to_id is not null as "isFollowed"`;

interface ListRequest {
  after: Cursor | null;
  /** Administrators see deactivated people too. */
  viewer: { id: number; isSuperuser: boolean } | null;
}

/** People, newest first. @param skip how many to leave out after the cursor; small, as each is read */
export async function listPeople(
  { sql }: { sql: Sql },
  { after, skip, viewer }: ListRequest & { skip: number },
): Promise<Page<PersonRow & Cursor>> {
  const { createdAt, id } = after ?? beforeFirst;
  const rows = await sql<PersonRow & Cursor>`
    select ${personColumns}, u.joined_at as "createdAt"
    from users u
      left join profiles p on p.user_id = u.id
      left join contacts mine on mine.from_id = ${viewer?.id ?? null} and mine.to_id = u.id
    where (u.joined_at, u.id) < (${createdAt}, ${id})
      and (u.is_active or ${viewer?.isSuperuser === true})
    order by u.joined_at desc, u.id desc
    offset ${skip}::int limit ${pageLimit}`;
  return toPage(rows, pageSize);
}

const sides = {
  followers: { whose: sqlText`c.to_id`, others: sqlText`c.from_id` },
  following: { whose: sqlText`c.from_id`, others: sqlText`c.to_id` },
} as const;

export type ContactList = keyof typeof sides;

/** Who follows a person, or whom they follow, the latest first. */
export async function listContacts(
  { sql }: { sql: Sql },
  { list, person, after, viewer }: ListRequest & { list: ContactList; person: { id: number } },
): Promise<Page<PersonRow & Cursor>> {
  const { whose, others } = sides[list];
  const { createdAt, id } = after ?? beforeFirst;
  const rows = await sql<PersonRow & Cursor>`
    select ${personColumns}, c.created_at as "createdAt"
    from contacts c
      join users u on u.id = ${others}
      left join profiles p on p.user_id = u.id
      left join contacts mine on mine.from_id = ${viewer?.id ?? null} and mine.to_id = u.id
    where ${whose} = ${person.id} and (c.created_at, ${others}) < (${createdAt}, ${id})
      and (u.is_active or ${viewer?.isSuperuser === true})
    order by c.created_at desc, ${others} desc
    limit ${pageLimit}`;
  return toPage(rows, pageSize);
}

import { beforeFirst, type Cursor, type Page, toPage } from "#lib/pagination.ts";
import { NEAR_IDENTICAL_DISTANCE, NO_STRUCTURE } from "#lib/perceptual-hash.ts";
import type { Database } from "#platform/database.ts";
import { type Sql, sqlNumber, sqlText } from "#platform/sql.ts";

export const pageSize = 24;
const pageLimit = sqlNumber(pageSize + 1);

/** What a card shows, and no more. */
export interface CardRow {
  id: number;
  title: string;
  slug: string;
  sha256: string;
  width: number;
  height: number;
  dominantColour: string;
  isAnimated: boolean;
  totalLikes: number;
  totalViews: number;
  createdAt: Date;
  username: string;
  firstName: string;
  lastName: string;
}

/** Of images as `i` and their owners as `u`: the columns of a CardRow. */
export const cardColumns = sqlText`
  i.id, i.title, i.slug, i.sha256, i.width, i.height, i.dominant_colour as "dominantColour",
  i.is_animated as "isAnimated", i.total_likes as "totalLikes", i.total_views as "totalViews",
  i.created_at as "createdAt", u.username::text, u.first_name as "firstName",
  u.last_name as "lastName"`;

interface ListRequest {
  after: Cursor | null;
  /** Administrators see what deactivated people saved. */
  viewer: { isSuperuser: boolean } | null;
}

/**
 * Images a viewer may see, newest first. The row comparison walks the index from the cursor on,
 * so a deep page costs what the first does.
 */
export async function listImages(
  { sql }: { sql: Sql },
  { after, viewer }: ListRequest,
): Promise<Page<CardRow>> {
  const { createdAt, id } = after ?? beforeFirst;
  const rows = await sql<CardRow>`
    select ${cardColumns}
    from images i join users u on u.id = i.owner_id
    where (i.created_at, i.id) < (${createdAt}, ${id})
      and (u.is_active or ${viewer?.isSuperuser === true})
    order by i.created_at desc, i.id desc
    limit ${pageLimit}`;
  return toPage(rows, pageSize);
}

/** The same of one person. */
export async function listImagesOf(
  { sql }: { sql: Sql },
  { after, viewer, owner }: ListRequest & { owner: { id: number } },
): Promise<Page<CardRow>> {
  const { createdAt, id } = after ?? beforeFirst;
  const rows = await sql<CardRow>`
    select ${cardColumns}
    from images i join users u on u.id = i.owner_id
    where i.owner_id = ${owner.id} and (i.created_at, i.id) < (${createdAt}, ${id})
      and (u.is_active or ${viewer?.isSuperuser === true})
    order by i.created_at desc, i.id desc
    limit ${pageLimit}`;
  return toPage(rows, pageSize);
}

/** A person's own images that look like the one with this hash, most alike first. */
export async function findNearIdentical(
  { database }: { database: Database },
  { ownerId, perceptualHash, sha256 }: { ownerId: number; perceptualHash: bigint; sha256: string },
) {
  if (perceptualHash === NO_STRUCTURE) return [];
  return database.$queryRaw<
    { id: number; title: string; slug: string; sha256: string; createdAt: Date }[]
  >`
    select id, title, slug, sha256, created_at as "createdAt" from (
      select *, bit_count((perceptual_hash # ${perceptualHash}::bigint)::bit(64)) as distance
      from images where owner_id = ${ownerId} and perceptual_hash <> ${NO_STRUCTURE}::bigint
    ) alike
    where distance <= ${NEAR_IDENTICAL_DISTANCE} or sha256 = ${sha256}
    order by distance, id desc
    limit 3`;
}

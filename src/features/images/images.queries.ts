import { type Cursor, type Page, toPage } from "#lib/pagination.ts";
import { NEAR_IDENTICAL_DISTANCE, NO_STRUCTURE } from "#lib/perceptual-hash.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

export const pageSize = 24;

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
  createdAt: Date;
  username: string;
  firstName: string;
  lastName: string;
}

/**
 * Active people's images, newest first, those of one person where `ownerId` is given. The row
 * comparison walks the index from the cursor on, so a deep page costs what the first does.
 */
export async function listImages(
  { database }: { database: Database },
  { after, ownerId }: { after: Cursor | null; ownerId?: number },
): Promise<Page<CardRow>> {
  const rows = await database.$queryRaw<CardRow[]>`
    select i.id, i.title, i.slug, i.sha256, i.width, i.height,
      i.dominant_colour as "dominantColour", i.is_animated as "isAnimated",
      i.total_likes as "totalLikes", i.created_at as "createdAt",
      u.username::text, u.first_name as "firstName", u.last_name as "lastName"
    from images i join users u on u.id = i.owner_id
    where u.is_active
      ${after ? Prisma.sql`and (i.created_at, i.id) < (${after.createdAt}, ${after.id})` : Prisma.empty}
      ${ownerId === undefined ? Prisma.empty : Prisma.sql`and i.owner_id = ${ownerId}`}
    order by i.created_at desc, i.id desc
    limit ${pageSize + 1}`;
  return toPage(rows, pageSize);
}

/** The newest people who like an image, and whether `viewerId` does. */
export async function listLikes(
  { database }: { database: Database },
  imageId: number,
  viewerId: number | null,
) {
  const [rows, own] = await Promise.all([
    database.like.findMany({
      where: { imageId, user: { isActive: true } },
      orderBy: [{ createdAt: "desc" }, { userId: "desc" }],
      take: 12,
      select: { user: { select: { username: true, firstName: true, lastName: true } } },
    }),
    viewerId === null
      ? null
      : database.like.findUnique({ where: { userId_imageId: { userId: viewerId, imageId } } }),
  ]);
  return { people: rows.map((row) => row.user), isLiked: own !== null };
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

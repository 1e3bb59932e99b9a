import type { Named } from "#features/users/users.view-data.ts";
import { Forbidden, NotFound } from "#lib/errors.ts";
import { parseId } from "#lib/pagination.ts";
import type { ImageFormat } from "#platform/inspect-image.ts";
import type { Sql } from "#platform/sql.ts";

export const notHere = () => new NotFound("This picture is not here. It may have been deleted.");

/** With its owner's names. */
export interface VisibleImage extends Named {
  id: number;
  ownerId: number;
  title: string;
  slug: string;
  sourceUrl: string | null;
  pageUrl: string | null;
  description: string;
  storageKey: string;
  sha256: string;
  width: number;
  height: number;
  bytes: number;
  format: ImageFormat;
  dominantColour: string;
  totalLikes: number;
  totalViews: number;
  createdAt: Date;
  /** Its owner is deactivated: only administrators get here. */
  isHidden: boolean;
  /** By the viewer. */
  isLiked: boolean;
  /** The newest active people who like it: `Named[]` as JSON, to be compared at a glance. */
  likers: string;
}

interface Viewer {
  id: number;
  isSuperuser: boolean;
}

/** An image the viewer may see: its owner is active, or the viewer administers. @throws NotFound */
export async function getImage(
  { sql }: { sql: Sql },
  viewer: Viewer | null,
  id: string | undefined,
): Promise<VisibleImage> {
  const imageId = parseId(id);
  if (imageId === null) throw notHere();
  // "offset 0" keeps the likers a walk of their index; else all of a popular picture's are sorted.
  const [image] = await sql<VisibleImage>`
    select i.id, i.owner_id as "ownerId", i.title, i.slug, i.source_url as "sourceUrl",
      i.page_url as "pageUrl", i.description, i.storage_key as "storageKey", i.sha256, i.width,
      i.height, i.bytes, i.format, i.dominant_colour as "dominantColour",
      i.total_likes as "totalLikes", i.total_views as "totalViews", i.created_at as "createdAt",
      u.username::text, u.first_name as "firstName", u.last_name as "lastName",
      not u.is_active as "isHidden",
      exists (select 1 from likes where user_id = ${viewer?.id ?? null} and image_id = i.id) as "isLiked",
      (select coalesce(json_agg(liker), '[]')::text from (
        select u.username, u.first_name as "firstName", u.last_name as "lastName"
        from likes l cross join lateral (
          select * from users where id = l.user_id and is_active offset 0
        ) u
        where l.image_id = i.id
        order by l.created_at desc, l.user_id desc
        limit 12
      ) liker) as likers
    from images i join users u on u.id = i.owner_id
    where i.id = ${imageId} and (u.is_active or ${viewer?.isSuperuser === true})`;
  if (!image) throw notHere();
  return image;
}

/** @throws NotFound, and Forbidden to everyone but its owner */
export async function getOwnImage(deps: { sql: Sql }, actor: Viewer, id: string | undefined) {
  const image = await getImage(deps, actor, id);
  if (image.ownerId !== actor.id) {
    throw new Forbidden("not_owner", "Only the person who saved this picture can change it.");
  }
  return image;
}

/** @throws NotFound, and Forbidden to everyone but its owner and administrators */
export async function getRemovableImage(deps: { sql: Sql }, actor: Viewer, id: string | undefined) {
  return actor.isSuperuser ? getImage(deps, actor, id) : getOwnImage(deps, actor, id);
}

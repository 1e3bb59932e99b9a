import type { VisibleImage } from "#features/images/images.access.ts";
import { imageHref, pictureOf } from "#features/images/images.view-data.ts";
import { mediaUrl } from "#features/images/storage-keys.ts";
import { type Named, personLink } from "#features/users/users.view-data.ts";
import { longDate, timeAgo } from "#lib/dates.ts";
import { remember } from "#lib/remember.ts";
import { counted, fileSize } from "#lib/text.ts";

interface Viewer {
  id: number;
  isSuperuser: boolean;
}

interface Shown extends Omit<VisibleImage, "createdAt" | "ownerId"> {
  /** In milliseconds since 1970. */
  savedAt: number;
  savedAgo: string;
  canEdit: boolean;
  canDelete: boolean;
}

/** An image as its page shows it to a viewer; the same object for as long as it shows the same. */
export const imageOf = (
  { createdAt, ownerId, ...image }: VisibleImage,
  { viewer, now }: { viewer: Viewer | null; now: Date },
) =>
  shownImage({
    ...image,
    savedAt: createdAt.getTime(),
    savedAgo: timeAgo(createdAt, now),
    canEdit: viewer?.id === ownerId,
    canDelete: viewer?.id === ownerId || viewer?.isSuperuser === true,
  });

const shownImage = remember(makeImage, {
  key: (image: Shown) => `${image.id} ${image.isLiked} ${image.canEdit} ${image.canDelete}`,
  reads: [
    ...(["id", "title", "slug", "description", "sourceUrl", "pageUrl"] as const),
    ...(["storageKey", "sha256", "width", "height", "bytes", "format", "dominantColour"] as const),
    ...(["totalLikes", "totalViews", "isLiked", "likers", "isHidden"] as const),
    ...(["username", "firstName", "lastName"] as const),
    ...(["savedAt", "savedAgo", "canEdit", "canDelete"] as const),
  ],
  max: 2000,
});

function makeImage(image: Shown) {
  const source = image.pageUrl ?? image.sourceUrl;
  const savedAt = new Date(image.savedAt);
  const likers = JSON.parse(image.likers) as Named[];
  return {
    id: image.id,
    href: imageHref(image),
    path: `/images/${image.id}`,
    title: image.title,
    paragraphs: image.description.split(/\r?\n\s*\n/).filter(Boolean),
    picture: pictureOf(image, "(min-width: 1200px) 1160px, 96vw", 1280),
    original: {
      href: mediaUrl(image.storageKey),
      words: `${image.width} × ${image.height}, ${fileSize(image.bytes)}`,
      format: image.format.toUpperCase(),
    },
    owner: personLink(image),
    saved: { iso: savedAt.toISOString(), words: image.savedAgo, date: longDate(savedAt) },
    source: source
      ? { href: source, host: (URL.parse(source)?.hostname ?? source).replace(/^www\./, "") }
      : null,
    totalLikes: image.totalLikes,
    totalViews: image.totalViews,
    likes: counted(image.totalLikes, "like"),
    views: counted(image.totalViews, "view"),
    isLiked: image.isLiked,
    isHidden: image.isHidden,
    likedBy: likers.map(personLink),
    othersWhoLike: Math.max(0, image.totalLikes - likers.length),
    canEdit: image.canEdit,
    canDelete: image.canDelete,
  };
}

import type { Deed, FeedPerson } from "#features/activity/feed.queries.ts";
import type { CardRow } from "#features/images/images.queries.ts";
import { imageHref, type Picture, pictureOf } from "#features/images/images.view-data.ts";
import {
  type Avatar,
  avatarOf,
  type PersonLink,
  personLink,
} from "#features/users/users.view-data.ts";
import { longDate, timeAgo } from "#lib/dates.ts";
import { encodeCursor } from "#lib/pagination.ts";
import type { ActionVerb } from "#prisma/generated/enums.ts";

export interface FeedPicture {
  id: number;
  href: string;
  title: string;
  picture: Picture;
}

export interface FeedRow {
  /** Of its newest deed. */
  id: number;
  verb: ActionVerb;
  actor: PersonLink & Avatar;
  time: { iso: string; words: string; date: string };
  /** The pictures it is about, of which `morePictures` are not shown. */
  pictures: FeedPicture[];
  pictureCount: number;
  morePictures: number;
  /** Whom it is about: somebody followed. */
  person: (PersonLink & Avatar & { isViewer: boolean }) | null;
}

interface FeedInput {
  deeds: Deed[];
  people: FeedPerson[];
  images: CardRow[];
  viewer: { id: number };
  now: Date;
}

export const rowsOnPage = 20;
/** More than these would push what came before off the screen. */
const picturesInRow = 5;

/**
 * Rows of a feed: likes that one person gave one after another share a row. Answers the cursor
 * after the last deed that is told, or null at the end. What became hidden since is left out.
 * @param more whether deeds older than the given ones are there
 */
export function feedOf(input: FeedInput, more: boolean) {
  const rows: FeedRow[] = [];
  const people = new Map(input.people.map((person) => [person.id, person]));
  const images = new Map(input.images.map((image) => [image.id, image]));
  let last: Deed | undefined;
  let rowsEnd = false;
  for (const deed of input.deeds) {
    const row = rowOf(deed, { people, images, viewer: input.viewer, now: input.now });
    const before = rows.at(-1);
    if (row && before && sharesRow(before, row)) before.pictures.push(...row.pictures);
    else if (row && rows.length === rowsOnPage) {
      rowsEnd = true;
      break;
    } else if (row) rows.push(row);
    last = deed;
  }
  return {
    rows: rows.map(withFewPictures),
    nextCursor: last && (rowsEnd || more) ? encodeCursor(last) : null,
  };
}

const sharesRow = (before: FeedRow, row: FeedRow): boolean =>
  row.verb === "image_liked" && before.verb === row.verb && before.actor.href === row.actor.href;

const withFewPictures = (row: FeedRow): FeedRow => ({
  ...row,
  pictures: row.pictures.slice(0, picturesInRow),
  pictureCount: row.pictures.length,
  morePictures: Math.max(0, row.pictures.length - picturesInRow),
});

function rowOf(
  deed: Deed,
  known: {
    people: Map<number, FeedPerson>;
    images: Map<number, CardRow>;
    viewer: { id: number };
    now: Date;
  },
): FeedRow | null {
  const actor = known.people.get(deed.userId);
  const isAboutImage = deed.verb === "image_bookmarked" || deed.verb === "image_liked";
  const image = isAboutImage ? known.images.get(deed.targetId) : undefined;
  const person = deed.verb === "user_followed" ? known.people.get(deed.targetId) : undefined;
  if (!actor || (isAboutImage && !image) || (deed.verb === "user_followed" && !person)) return null;
  return {
    id: deed.id,
    verb: deed.verb,
    actor: { ...personLink(actor), ...avatarOf(actor) },
    time: {
      iso: deed.createdAt.toISOString(),
      words: timeAgo(deed.createdAt, known.now),
      date: longDate(deed.createdAt),
    },
    pictures: image ? [feedPictureOf(image, deed.verb)] : [],
    pictureCount: image ? 1 : 0,
    morePictures: 0,
    person: person
      ? { ...personLink(person), ...avatarOf(person), isViewer: person.id === known.viewer.id }
      : null,
  };
}

/** A saved picture is shown large, liked ones as a strip. */
const feedPictureOf = (image: CardRow, verb: ActionVerb): FeedPicture => ({
  id: image.id,
  href: imageHref(image),
  title: image.title,
  picture: pictureOf(
    image,
    verb === "image_bookmarked" ? "(min-width: 700px) 600px, 80vw" : "240px",
    640,
  ),
});

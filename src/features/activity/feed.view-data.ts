import { LRUCache } from "lru-cache";
import type { Deed, FeedImage, FeedPerson } from "#features/activity/feed.queries.ts";
import { imageHref, type Picture, pictureOf } from "#features/images/images.view-data.ts";
import {
  type Avatar,
  avatarOf,
  type PersonLink,
  personLink,
} from "#features/users/users.view-data.ts";
import { longDate, timeAgo } from "#lib/dates.ts";
import { encodeCursor } from "#lib/pagination.ts";
import { remember } from "#lib/remember.ts";
import type { ActionVerb } from "#prisma/generated/enums.ts";

interface FeedPicture {
  id: number;
  href: string;
  title: string;
  picture: Picture;
}

type FeedActor = PersonLink & Avatar;

export interface FeedRow {
  /** Of its newest deed. */
  id: number;
  verb: ActionVerb;
  actor: FeedActor;
  time: { iso: string; words: string; date: string };
  /** The first of the pictures it is about, and how many there are in all. */
  pictures: FeedPicture[];
  pictureCount: number;
  /** Whom it is about: somebody followed, or "you". */
  person: FeedActor | "you" | null;
}

export const rowsOnPage = 20;
/** Likes that one person gave one after another share a row. */
export const countRows = (deeds: Deed[]): number =>
  deeds.filter((deed, index) => {
    const before = deeds[index - 1];
    const shares = before?.userId === deed.userId && before.verb === "image_liked";
    return !(shares && deed.verb === "image_liked");
  }).length;

/** More than these would push what came before off the screen. */
export const picturesInRow = 5;

interface FeedInput {
  deeds: Deed[];
  people: FeedPerson[];
  images: FeedImage[];
  viewer: { id: number };
  now: Date;
}

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
    if (row && before && sharesRow(before, row)) addPictures(before, row);
    else if (row && rows.length === rowsOnPage) {
      rowsEnd = true;
      break;
    } else if (row) rows.push(row);
    last = deed;
  }
  return {
    rows: rows.map(sameRow),
    nextCursor: last && (rowsEnd || more) ? encodeCursor(last) : null,
  };
}

const sharesRow = (before: FeedRow, row: FeedRow): boolean =>
  row.verb === "image_liked" && before.verb === row.verb && before.actor === row.actor;

function addPictures(row: FeedRow, { pictures }: FeedRow): void {
  row.pictureCount += pictures.length;
  if (row.pictures.length < picturesInRow) row.pictures.push(...pictures);
}

function rowOf(
  deed: Deed,
  known: {
    people: Map<number, FeedPerson>;
    images: Map<number, FeedImage>;
    viewer: { id: number };
    now: Date;
  },
): FeedRow | null {
  const { id, verb, createdAt, targetId } = deed;
  const actor = known.people.get(deed.userId);
  const isAboutImage = verb === "image_bookmarked" || verb === "image_liked";
  const image = isAboutImage ? known.images.get(targetId) : undefined;
  const person = verb === "user_followed" ? known.people.get(targetId) : undefined;
  if (!actor || (isAboutImage && !image) || (verb === "user_followed" && !person)) return null;
  return {
    id,
    verb,
    actor: actorOf(actor),
    time: {
      iso: createdAt.toISOString(),
      words: timeAgo(createdAt, known.now),
      date: longDate(createdAt),
    },
    pictures: image ? [verb === "image_liked" ? likedPicture(image) : savedPicture(image)] : [],
    pictureCount: image ? 1 : 0,
    person: person ? (person.id === known.viewer.id ? "you" : actorOf(person)) : null,
  };
}

// Remembered, so that the HTML of a row is made once for all who see it (`kept` in web/views.ts).

const actorOf = remember(
  (person: FeedPerson): FeedActor => ({ ...personLink(person), ...avatarOf(person) }),
  {
    key: (person: FeedPerson) => person.id,
    reads: ["id", "username", "firstName", "lastName", "photo"],
    max: 10_000,
  },
);

const rememberPicture = (sizes: string) =>
  remember(
    (image: FeedImage): FeedPicture => ({
      id: image.id,
      href: imageHref(image),
      title: image.title,
      picture: pictureOf(image, sizes, 640),
    }),
    {
      key: (image: FeedImage) => image.id,
      reads: ["id", "title", "slug", "sha256", "width", "height", "dominantColour"],
      max: 10_000,
    },
  );

/** A saved picture is shown large, liked ones as a strip. */
const savedPicture = rememberPicture("(min-width: 700px) 600px, 80vw");
const likedPicture = rememberPicture("240px");

const shown = new LRUCache<string, FeedRow>({ max: 5000 });

/** The row shown before, where it says the same. */
function sameRow(row: FeedRow): FeedRow {
  const key = `${row.id} ${row.pictureCount} ${row.person === "you"}`;
  const known = shown.get(key);
  const isSame =
    known?.verb === row.verb &&
    known.actor === row.actor &&
    known.person === row.person &&
    known.time.iso === row.time.iso &&
    known.time.words === row.time.words &&
    known.pictures.length === row.pictures.length &&
    row.pictures.every((picture, index) => picture === known.pictures[index]);
  if (known && isSame) return known;
  shown.set(key, row);
  return row;
}

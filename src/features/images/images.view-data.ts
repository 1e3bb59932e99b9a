import { LRUCache } from "lru-cache";
import type { CardRow } from "#features/images/images.queries.ts";
import { mediaUrl, thumbnailKey } from "#features/images/storage-keys.ts";
import { type PersonLink, personLink } from "#features/users/users.view-data.ts";
import type { Page } from "#lib/pagination.ts";
import { remember } from "#lib/remember.ts";
import { counted } from "#lib/text.ts";
import { thumbnailSizes } from "#lib/thumbnail-sizes.ts";

export interface Card {
  id: number;
  href: string;
  title: string;
  owner: PersonLink;
  /** "3 likes · 12 views", or what there is of it. */
  numbers: string;
  isAnimated: boolean;
  picture: Picture;
}

/** All an <img> needs to keep its place before it is loaded. */
export interface Picture {
  src: string;
  srcset: string;
  sizes: string;
  width: number;
  height: number;
  colour: string;
  /** Width by height in twentieths, clamped to what a row can hold: names a class of the grid. */
  ratio: number;
}

/** The height of a row of the grid in CSS pixels, before it is stretched to fill its line. */
const rowHeight = 220;

type Stored = Pick<CardRow, "sha256" | "width" | "height" | "dominantColour">;

export function pictureOf(image: Stored, sizes: string, largest: number): Picture {
  const available = thumbnailSizes(image);
  const source = available.findLast(({ nominal }) => nominal <= largest)?.nominal ?? 320;
  return {
    src: mediaUrl(thumbnailKey(image.sha256, source)),
    srcset: available
      .map(({ nominal, width }) => `${mediaUrl(thumbnailKey(image.sha256, nominal))} ${width}w`)
      .join(", "),
    sizes,
    width: image.width,
    height: image.height,
    colour: image.dominantColour,
    ratio: Math.round(clampedRatio(image) * 20),
  };
}

const clampedRatio = ({ width, height }: { width: number; height: number }) =>
  Math.min(2.2, Math.max(0.5, width / height));

export const imageHref = (image: { id: number; slug: string }): string =>
  `/images/${image.id}/${image.slug}`;

type CardInput = Omit<CardRow, "createdAt">;

/** The same object for the same row, so that its HTML is made once too (web/views.ts). */
export const cardOf = remember(makeCard, {
  key: (row: CardInput) => row.id,
  reads: [
    ...(["id", "sha256", "width", "height", "dominantColour", "isAnimated"] as const),
    ...(["title", "slug", "totalLikes", "totalViews"] as const),
    ...(["username", "firstName", "lastName"] as const),
  ],
  max: 10_000,
});

function makeCard(row: CardInput): Card {
  const wide = Math.round(clampedRatio(row) * rowHeight * 1.25);
  const narrow = Math.min(92, Math.round(clampedRatio(row) * 48));
  return {
    id: row.id,
    href: imageHref(row),
    title: row.title,
    owner: personLink(row),
    numbers: [
      row.totalLikes > 0 ? counted(row.totalLikes, "like") : "",
      row.totalViews > 0 ? counted(row.totalViews, "view") : "",
    ]
      .filter(Boolean)
      .join(" · "),
    isAnimated: row.isAnimated,
    picture: pictureOf(row, `(min-width: 700px) ${wide}px, ${narrow}vw`, 640),
  };
}

export interface CardList {
  cards: Card[];
  moreHref: string | null;
}

const lists = new LRUCache<string, CardList>({ max: 500 });

/** A page of cards; `path` is the list's own address. The same cards give the same object. */
export function cardsOf(page: Page<CardRow>, path: string): CardList {
  const cards = page.rows.map(cardOf);
  const moreHref = page.nextCursor ? `${path}?cursor=${page.nextCursor}` : null;
  const known = lists.get(moreHref ?? path);
  const isSame =
    known?.cards.length === cards.length && cards.every((card, at) => card === known.cards[at]);
  if (known && isSame) return known;
  const list = { cards, moreHref };
  lists.set(moreHref ?? path, list);
  return list;
}

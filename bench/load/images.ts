import type pg from "pg";
import { imageSlug } from "#features/images/image-slug.ts";
import { originalKey } from "#features/images/storage-keys.ts";
import { byTime, inOrder, insertRows } from "./insert-rows.ts";
import { moment } from "./moments.ts";
import type { People } from "./people.ts";
import { apportion, popularity } from "./power-law.ts";
import { createRandom, shuffled } from "./random.ts";
import type { StoredPicture } from "./stored-pictures.ts";

/** Every image, oldest first; the one at index 0 has the id 1. Owners are indexes too. */
export interface Images {
  owners: Int32Array;
  pictures: Int32Array;
  createdAt: Float64Array;
  /** How many look at and like each. */
  popularity: Float64Array;
  /** How many images each person has. */
  perPerson: Int32Array;
}

/** How many different pictures are needed: nobody has the same one twice, and some have many. */
export const picturesFor = (images: number, people: number): number =>
  Math.min(Math.max(200, Math.ceil((images / people) * 4)), Math.max(images, 1));

export function drawImages(
  people: People,
  { count, pictures, seed, now }: { count: number; pictures: number; seed: number; now: number },
): Images {
  const random = createRandom(seed, "images");
  const perPerson = apportion(count, people.activity, pictures);
  const owners = new Int32Array(count);
  const picked = new Int32Array(count);
  const createdAt = new Float64Array(count);
  let row = 0;
  for (const [owner, own] of perPerson.entries()) {
    const joined = people.joinedAt[owner] ?? 0;
    for (const picture of shuffled(own > 0 ? pictures : 0, random).subarray(0, own)) {
      owners[row] = owner;
      picked[row] = picture;
      createdAt[row] = moment(joined, now, random, 0.8);
      row += 1;
    }
  }
  const order = byTime(createdAt);
  return {
    owners: inOrder(owners, order),
    pictures: inOrder(picked, order),
    createdAt: inOrder(createdAt, order),
    popularity: popularity(count, 0.9, random),
    perPerson,
  };
}

const moods = "Quiet Golden Late First Misty Forgotten Bright Northern Winter Small Distant".split(
  " ",
);
const things =
  "light,harbour,stairs,orchard,window,bridge,market,hills,river,roofs,garden,train,shore".split(
    ",",
  );
const places = "in Lisbon,at dusk,by the sea,after rain,above Bergen,on Sunday,near home".split(
  ",",
);

export async function insertImages(
  client: pg.Client,
  images: Images,
  stored: StoredPicture[],
  totals: { likes: Int32Array; views: Int32Array; seed: number },
): Promise<void> {
  const random = createRandom(totals.seed, "titles");
  const pictures = Array.from(images.pictures, (index) => stored[index] as StoredPicture);
  const titles = pictures.map(
    () => `${random.pick(moods)} ${random.pick(things)} ${random.pick(places)}`,
  );
  const of = <T>(read: (picture: StoredPicture) => T) => pictures.map(read);
  await insertRows(client, "images", [
    { name: "id", type: "int", values: images.owners.map((_owner, index) => index + 1) },
    { name: "owner_id", type: "int", values: images.owners.map((owner) => owner + 1) },
    { name: "title", type: "text", values: titles },
    { name: "slug", type: "text", values: titles.map(imageSlug) },
    {
      name: "page_url",
      type: "text",
      values: titles.map((_title, index) => `https://example.org/pictures/${index + 1}`),
    },
    {
      name: "description",
      type: "text",
      values: titles.map((title, index) =>
        index % 3 === 0 ? `${title}: found while looking for something else.` : "",
      ),
    },
    {
      name: "storage_key",
      type: "text",
      values: of((picture) => originalKey(picture.sha256, picture.format)),
    },
    { name: "sha256", type: "text", values: of((picture) => picture.sha256) },
    { name: "width", type: "int", values: of((picture) => picture.width) },
    { name: "height", type: "int", values: of((picture) => picture.height) },
    { name: "bytes", type: "int", values: of((picture) => picture.bytes) },
    { name: "format", type: "image_format", values: of((picture) => picture.format) },
    { name: "dominant_colour", type: "text", values: of((picture) => picture.dominantColour) },
    {
      name: "perceptual_hash",
      type: "bigint",
      values: of((picture) => picture.perceptualHash),
    },
    { name: "total_likes", type: "int", values: totals.likes },
    { name: "total_views", type: "int", values: totals.views },
    { name: "created_at", type: "time", values: images.createdAt },
  ]);
}

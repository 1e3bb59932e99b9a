import type pg from "pg";
import type { Images } from "./images.ts";
import { byTime, inOrder, insertRows } from "./insert-rows.ts";
import { moment } from "./moments.ts";
import type { People } from "./people.ts";
import { apportion, createDistinctDraw } from "./power-law.ts";
import { createRandom } from "./random.ts";

/** Who likes which image, by index, oldest first. */
export interface Likes {
  people: Int32Array;
  images: Int32Array;
  at: Float64Array;
  perImage: Int32Array;
}

export function drawLikes(
  people: People,
  images: Images,
  { count, seed, now }: { count: number; seed: number; now: number },
): Likes {
  const random = createRandom(seed, "likes");
  // Nothing is liked by everybody.
  const most = Math.ceil(people.usernames.length * 0.6);
  const perImage = apportion(count, images.popularity, most);
  const draw = createDistinctDraw(people.activity, random);
  const likers = new Int32Array(count);
  const liked = new Int32Array(count);
  const at = new Float64Array(count);
  let row = 0;
  for (const [image, likes] of perImage.entries()) {
    for (const person of draw(likes)) {
      const since = Math.max(images.createdAt[image] ?? 0, people.joinedAt[person] ?? 0);
      likers[row] = person;
      liked[row] = image;
      at[row] = moment(since, now, random, 2);
      row += 1;
    }
  }
  const order = byTime(at);
  return {
    people: inOrder(likers, order),
    images: inOrder(liked, order),
    at: inOrder(at, order),
    perImage,
  };
}

export const insertLikes = (client: pg.Client, { people, images, at }: Likes): Promise<void> =>
  insertRows(client, "likes", [
    { name: "user_id", type: "int", values: people.map((person) => person + 1) },
    { name: "image_id", type: "int", values: images.map((image) => image + 1) },
    { name: "created_at", type: "time", values: at },
  ]);

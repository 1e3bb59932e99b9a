import type pg from "pg";
import { byTime, inOrder, insertRows } from "./insert-rows.ts";
import { moment } from "./moments.ts";
import type { People } from "./people.ts";
import { apportion, createDistinctDraw } from "./power-law.ts";
import { createRandom } from "./random.ts";

/** Who follows whom, by index, oldest first. */
export interface Follows {
  from: Int32Array;
  to: Int32Array;
  at: Float64Array;
  following: Int32Array;
  followers: Int32Array;
}

/** Nobody has time for more. */
const mostFollowed = 1000;

export function drawFollows(
  people: People,
  { average, seed, now }: { average: number; seed: number; now: number },
): Follows {
  const random = createRandom(seed, "follows");
  const count = people.usernames.length;
  const following = apportion(
    average * count,
    people.activity,
    Math.max(0, Math.min(count - 1, Math.max(mostFollowed, average))),
  );
  const draw = createDistinctDraw(people.popularity, random);
  const from = new Int32Array(average * count);
  const to = new Int32Array(average * count);
  const at = new Float64Array(average * count);
  const followers = new Int32Array(count);
  let row = 0;
  for (const [person, own] of following.entries()) {
    for (const followed of draw(own, person)) {
      const since = Math.max(people.joinedAt[person] ?? 0, people.joinedAt[followed] ?? 0);
      from[row] = person;
      to[row] = followed;
      at[row] = moment(since, now, random, 1.5);
      followers[followed] = (followers[followed] ?? 0) + 1;
      row += 1;
    }
  }
  const order = byTime(at);
  return {
    from: inOrder(from, order),
    to: inOrder(to, order),
    at: inOrder(at, order),
    following,
    followers,
  };
}

export const insertFollows = (client: pg.Client, { from, to, at }: Follows): Promise<void> =>
  insertRows(client, "contacts", [
    { name: "from_id", type: "int", values: from.map((person) => person + 1) },
    { name: "to_id", type: "int", values: to.map((person) => person + 1) },
    { name: "created_at", type: "time", values: at },
  ]);

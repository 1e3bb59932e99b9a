import type pg from "pg";
import type { Follows } from "./follows.ts";
import type { Images } from "./images.ts";
import { byTime, inOrder, insertRows } from "./insert-rows.ts";
import type { Likes } from "./likes.ts";
import { moment } from "./moments.ts";
import type { People } from "./people.ts";
import { createRandom, type Random } from "./random.ts";

const verbs = ["user_joined", "image_bookmarked", "user_followed", "image_liked"] as const;

/** Deeds of one kind: who did it to what, by index, and when. */
interface Deeds {
  verb: (typeof verbs)[number];
  actors: Int32Array;
  targets: Int32Array;
  at: Float64Array;
}

export interface Actions {
  /** Indexes of `verbs`. */
  verbs: Uint8Array;
  actors: Int32Array;
  targets: Int32Array;
  at: Float64Array;
}

/**
 * Exactly `count` deeds, oldest first: every bookmark, then as many of the joins, follows and likes
 * as there is room for, then likes that were taken back and given anew.
 */
export function drawActions(
  site: { people: People; images: Images; follows: Follows; likes: Likes },
  { count, seed, now }: { count: number; seed: number; now: number },
): Actions {
  const random = createRandom(seed, "actions");
  const { people, images, follows, likes } = site;
  const everyone = Int32Array.from(people.usernames.keys());
  const everyImage = Int32Array.from(images.owners.keys());
  const kinds: Deeds[] = [
    { verb: "image_bookmarked", actors: images.owners, targets: everyImage, at: images.createdAt },
    { verb: "user_joined", actors: everyone, targets: everyone, at: people.joinedAt },
    { verb: "user_followed", actors: follows.from, targets: follows.to, at: follows.at },
    { verb: "image_liked", actors: likes.people, targets: likes.images, at: likes.at },
  ];
  const actions: Actions = {
    verbs: new Uint8Array(count),
    actors: new Int32Array(count),
    targets: new Int32Array(count),
    at: new Float64Array(count),
  };
  let row = 0;
  const add = (deeds: Deeds, index: number, at = deeds.at[index] ?? 0) => {
    actions.verbs[row] = verbs.indexOf(deeds.verb);
    actions.actors[row] = deeds.actors[index] ?? 0;
    actions.targets[row] = deeds.targets[index] ?? 0;
    actions.at[row] = at;
    row += 1;
  };
  for (const deeds of kinds)
    for (const index of sample(deeds.at.length, count - row, random)) add(deeds, index);
  const [liked] = kinds.slice(-1);
  if (row < count && (!liked || liked.at.length === 0))
    throw new RangeError(`there are only ${row} deeds to make ${count} actions of`);
  while (liked && row < count) {
    const index = random.below(liked.at.length);
    add(liked, index, moment(liked.at[index] ?? 0, now, random));
  }
  const order = byTime(actions.at);
  return {
    verbs: inOrder(actions.verbs, order),
    actors: inOrder(actions.actors, order),
    targets: inOrder(actions.targets, order),
    at: inOrder(actions.at, order),
  };
}

/** At most `wanted` of the numbers below `count`, evenly from all of them (Knuth's algorithm S). */
function* sample(count: number, wanted: number, random: Random): Generator<number> {
  let left = Math.min(count, wanted);
  for (let index = 0; index < count && left > 0; index += 1) {
    if (random.next() * (count - index) >= left) continue;
    left -= 1;
    yield index;
  }
}

export const insertActions = (client: pg.Client, actions: Actions): Promise<void> =>
  insertRows(client, "actions", [
    {
      name: "verb",
      type: "action_verb",
      values: Array.from(actions.verbs, (verb) => verbs[verb] ?? null),
    },
    {
      name: "target_type",
      type: "action_target",
      values: Array.from(actions.verbs, (verb) =>
        verbs[verb]?.startsWith("user_") ? "user" : "image",
      ),
    },
    { name: "user_id", type: "int", values: actions.actors.map((actor) => actor + 1) },
    { name: "target_id", type: "int", values: actions.targets.map((target) => target + 1) },
    { name: "created_at", type: "time", values: actions.at },
  ]);

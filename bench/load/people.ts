import type pg from "pg";
import { hashPassword } from "#platform/passwords.ts";
import { insertRows } from "./insert-rows.ts";
import { day, moment } from "./moments.ts";
import { popularity } from "./power-law.ts";
import { createRandom } from "./random.ts";

/** By this the bench knows its own; nobody can have an address there. */
export const benchDomain = "@bench.invalid";
export const benchPassword = "magpies-count-to-seven";

/** Everyone the bench makes; the person at index 0 has the id 1. */
export interface People {
  usernames: string[];
  firstNames: string[];
  lastNames: string[];
  joinedAt: Float64Array;
  /** How much each of them does, and how many look at them. */
  activity: Float64Array;
  popularity: Float64Array;
}

const firstNames =
  "Ana Ben Chiara Dmitri Elif Farid Greta Hana Ivo Jana Kofi Lena Marek Nadia Otto Petra Quentin Rosa Samir Tilda Uma Viktor Wanda Xenia Yusuf Zora".split(
    " ",
  );
const lastNames =
  "Adler Bauer Costa Dubois Eklund Fischer Garcia Horvat Ito Jansen Kovac Lindqvist Moreau Novak Okafor Petrov Quist Rossi Santos Tanaka Ueda Vogel Weber Yilmaz Zeman".split(
    " ",
  );

export function drawPeople(count: number, { seed, now }: { seed: number; now: number }): People {
  const random = createRandom(seed, "people");
  const first = Array.from({ length: count }, () => random.pick(firstNames));
  const last = Array.from({ length: count }, () => random.pick(lastNames));
  return {
    firstNames: first,
    lastNames: last,
    usernames: first.map((name, index) => `${name}.${last[index]}.${index + 1}`.toLowerCase()),
    // The last one joined an hour ago, so that everyone has had time for something.
    joinedAt: Float64Array.from({ length: count }, () =>
      moment(now - 365 * day, now - day / 24, random),
    ).sort(),
    activity: popularity(count, 0.7, random),
    popularity: popularity(count, 0.9, random),
  };
}

export async function insertPeople(
  client: pg.Client,
  people: People,
  counts: { followers: Int32Array; following: Int32Array; images: Int32Array },
  photos: string[],
): Promise<void> {
  const ids = people.joinedAt.map((_time, index) => index + 1);
  const passwordHash = await hashPassword(benchPassword);
  await insertRows(client, "users", [
    { name: "id", type: "int", values: ids },
    { name: "username", type: "text", values: people.usernames },
    {
      name: "email",
      type: "text",
      values: people.usernames.map((username) => `${username}${benchDomain}`),
    },
    { name: "password_hash", type: "text", values: people.usernames.map(() => passwordHash) },
    { name: "first_name", type: "text", values: people.firstNames },
    { name: "last_name", type: "text", values: people.lastNames },
    { name: "joined_at", type: "time", values: people.joinedAt },
  ]);
  await insertRows(client, "profiles", [
    { name: "user_id", type: "int", values: ids },
    {
      name: "bio",
      type: "text",
      values: people.firstNames.map((name) => `${name} keeps pictures of places, old and new.`),
    },
    // Half of them show a photo, the others their initial.
    {
      name: "photo",
      type: "text",
      values: people.usernames.map((_username, index) =>
        index % 2 === 0 ? (photos[(index / 2) % photos.length] ?? null) : null,
      ),
    },
    { name: "followers_count", type: "int", values: counts.followers },
    { name: "following_count", type: "int", values: counts.following },
    { name: "images_count", type: "int", values: counts.images },
  ]);
}

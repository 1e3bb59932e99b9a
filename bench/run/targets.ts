import type pg from "pg";
import { WrongSetting } from "#config";
import { mediaUrl, thumbnailKey } from "#features/images/storage-keys.ts";
import { encodeCursor } from "#lib/pagination.ts";
import { benchDomain } from "../load/people.ts";

interface Person {
  id: number;
  username: string;
}

interface Image {
  id: number;
  slug: string;
}

/** Whom and what the pages are asked for: the same in one size of the site as in another. */
export interface Targets {
  /** Follows about as many as were asked for. */
  reader: Person;
  /** Have much to show. */
  popular: Person;
  writers: Person[];
  /** From the most liked to those that few like. */
  images: Image[];
  /** In the middle of the list. */
  deepCursor: string;
  thumbnail: { url: string; key: string };
  rows: Record<string, number>;
}

export const writerCount = 8;

export async function findTargets(client: pg.Client, followed: number): Promise<Targets> {
  const rows = await countRows(client);
  if (!rows["images"] || !(await isBenchData(client)))
    throw new WrongSetting(
      "There is nothing of the bench's in this database: run npm run bench -- load first.",
    );
  const ask = async <Row>(text: string, values: unknown[] = []) =>
    (await client.query(text, values)).rows as Row[];
  const people = "select id, username::text from users join profiles on user_id = id";
  const [reader] = await ask<Person>(
    `${people} order by abs(following_count - $1::int), id limit 1`,
    [followed],
  );
  const [popular] = await ask<Person>(`${people} order by followers_count desc, id limit 1`);
  const writers = await ask<Person>(`${people} order by images_count desc, id limit $1`, [
    writerCount,
  ]);
  const images: Image[] = [];
  for (const share of [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.8]) {
    images.push(
      ...(await ask<Image>(
        "select id, slug from images order by total_likes desc, id desc offset $1 limit 1",
        [Math.floor(share * rows["images"])],
      )),
    );
  }
  const [middle] = await ask<{ created_at: Date; id: number; sha256: string }>(
    "select created_at, id, sha256 from images order by created_at desc, id desc offset $1 limit 1",
    [Math.floor(rows["images"] / 2)],
  );
  if (!reader || !popular || !middle) throw new Error("The loaded rows are not whole.");
  const key = thumbnailKey(middle.sha256, 640);
  return {
    reader,
    popular,
    writers,
    images,
    deepCursor: encodeCursor({ createdAt: middle.created_at, id: middle.id }),
    thumbnail: { url: mediaUrl(key), key },
    rows,
  };
}

async function countRows(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query(`select
    (select count(*)::int from users) as users, (select count(*)::int from images) as images,
    (select count(*)::int from contacts) as follows, (select count(*)::int from likes) as likes,
    (select count(*)::int from actions) as actions`);
  return rows[0];
}

async function isBenchData(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("select bool_and(email like $1) as own from users", [
    `%${benchDomain}`,
  ]);
  return rows[0].own === true;
}

/** Images that a person does not like yet, each to be liked by nobody else meanwhile. */
export async function findUnliked(
  client: pg.Client,
  personId: number,
  { skip, count }: { skip: number; count: number },
): Promise<Image[]> {
  const { rows } = await client.query(
    `select id, slug from images
     where not exists (select from likes where user_id = $1 and image_id = images.id)
     order by id desc offset $2 limit $3`,
    [personId, skip, count],
  );
  return rows;
}

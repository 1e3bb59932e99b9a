import { join } from "node:path";
import type pg from "pg";
import { thumbnailKey } from "#features/images/storage-keys.ts";
import { thumbnailWidths } from "#lib/thumbnail-sizes.ts";
import { createStorage } from "#platform/storage.ts";

/** Takes back what was liked and saved, so that the next run finds the site as this one did. */
export async function tidy(
  client: pg.Client,
  run: {
    startedAt: Date;
    imageOrigin: string;
    dataFolder: string;
    /** Who liked and saved. */
    writers: number[];
  },
): Promise<void> {
  const { startedAt, imageOrigin, dataFolder, writers } = run;
  for (const table of ["likes", "actions"])
    await client.query(`delete from ${table} where user_id = any($1) and created_at >= $2`, [
      writers,
      startedAt,
    ]);
  // The floor's statements count a like also where it was there already.
  await client.query(
    `update images i set total_likes = l.likes
     from (select i.id, count(l.user_id)::int as likes from images i
           left join likes l on l.image_id = i.id group by i.id) l
     where l.id = i.id and i.total_likes <> l.likes`,
  );
  const { rows } = await client.query(
    "delete from images where source_url like $1 returning id, sha256, storage_key",
    [`${imageOrigin}/%`],
  );
  await client.query(
    `update profiles p set images_count = (select count(*) from images where owner_id = p.user_id)
     where p.user_id = any($1)`,
    [writers],
  );
  const storage = await createStorage({ folder: join(dataFolder, "storage") });
  for (const { sha256, storage_key } of rows) {
    await storage.remove(storage_key);
    for (const width of thumbnailWidths) await storage.remove(thumbnailKey(sha256, width));
  }
  await client.query("vacuum (analyze) likes, images, actions, profiles");
}

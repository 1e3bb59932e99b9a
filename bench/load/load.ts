import { join } from "node:path";
import pg from "pg";
import { WrongSetting } from "#config";
import { migrate } from "#platform/migrations.ts";
import { createStorage, type Storage } from "#platform/storage.ts";
import { drawActions, insertActions } from "./actions.ts";
import { drawFollows, insertFollows } from "./follows.ts";
import { drawImages, insertImages, picturesFor } from "./images.ts";
import { drawLikes, insertLikes } from "./likes.ts";
import { midnightBefore } from "./moments.ts";
import { benchDomain, drawPeople, insertPeople } from "./people.ts";
import { type StoredPicture, storePhotos, storePictures } from "./stored-pictures.ts";
import { drawViews, insertDailyViews } from "./views.ts";

export interface LoadSize {
  images: number;
  users: number;
  /** Per person, on average. */
  follows: number;
  likes: number;
  actions: number;
  views: number;
  seed: number;
}

export interface LoadDeps {
  databaseUrl: string;
  dataFolder: string;
  clock: () => Date;
  say: (line: string) => void;
}

interface Stored {
  pictures: StoredPicture[];
  photos: string[];
}

const filled = ["users", "profiles", "images", "contacts", "likes", "actions", "image_daily_views"];

/**
 * Fills the database anew, with the same rows for the same size and day.
 * @throws WrongSetting when people are in it whom the bench did not make
 */
export async function load(deps: LoadDeps, size: LoadSize): Promise<void> {
  await migrate(deps.databaseUrl);
  const client = new pg.Client({ connectionString: deps.databaseUrl, options: "-c TimeZone=UTC" });
  // A connection that breaks also fails the statement that waits for it.
  client.on("error", () => {});
  await client.connect();
  try {
    await refuseOthersData(client);
    const storage = await openStorage(client, deps.dataFolder);
    const step = stopwatch(deps.say);
    const count = picturesFor(size.images, size.users);
    const stored = {
      pictures: await storePictures(storage, { count, seed: size.seed }),
      photos: await storePhotos(storage, { count: Math.min(40, size.users), seed: size.seed }),
    };
    step(`${count} different pictures and ${stored.photos.length} photos drawn and stored`);
    await client.query("begin");
    await forgetEarlierLoad(client);
    await insertAll(client, size, { ...stored, now: midnightBefore(deps.clock()), step });
    await client.query("commit");
    await client.query(`vacuum (analyze) ${filled}`);
    step("vacuumed and analysed");
  } finally {
    await client.end();
  }
}

async function refuseOthersData(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query("select from users where email not like $1 limit 1", [
    `%${benchDomain}`,
  ]);
  if (rowCount === 0) return;
  throw new WrongSetting(
    "This database has people whom the bench did not make: set DATABASE_URL or DATA_DIR to an empty one.",
  );
}

async function openStorage(client: pg.Client, dataFolder: string): Promise<Storage> {
  const storage = await createStorage({ folder: join(dataFolder, "storage") });
  const { rows } = await client.query(
    "select storage_id, (select count(*)::int from images) as images from site",
  );
  await storage.check({
    storageId: rows[0].storage_id,
    hasRows: async () => rows[0].images > 0,
  });
  return storage;
}

/** Numbers begin at one again; sessions and what was counted lately go too. */
async function forgetEarlierLoad(client: pg.Client): Promise<void> {
  await client.query(
    "truncate users, actions, session_store, view_marks, view_batches, rate_limits restart identity cascade",
  );
  // So that a start of the site adds no administrator and no demo.
  await client.query("update site set seeded_at = now()");
}

async function insertAll(
  client: pg.Client,
  size: LoadSize,
  { pictures, photos, now, step }: Stored & { now: number; step: (done: string) => void },
): Promise<void> {
  const { seed } = size;
  const people = drawPeople(size.users, { seed, now });
  const images = drawImages(people, {
    count: size.images,
    pictures: pictures.length,
    seed,
    now,
  });
  const follows = drawFollows(people, { average: size.follows, seed, now });
  const likes = drawLikes(people, images, { count: size.likes, seed, now });
  const views = drawViews(images, { count: size.views, seed, now });
  const actions = drawActions(
    { people, images, follows, likes },
    { count: size.actions, seed, now },
  );
  step("everything else imagined");
  await insertPeople(client, people, { ...follows, images: images.perPerson }, photos);
  const totals = { likes: likes.perImage, views: views.perImage, seed };
  await insertImages(client, images, pictures, totals);
  // Without, the keys below are checked as in the empty tables these were.
  await client.query("analyze users, images");
  step(`${size.users} people and ${size.images} images`);
  await insertFollows(client, follows);
  step(`${follows.at.length} follows`);
  await insertLikes(client, likes);
  step(`${size.likes} likes`);
  await insertDailyViews(client, views);
  step(`${size.views} views, of the last days day by day`);
  await insertActions(client, actions);
  step(`${size.actions} actions`);
  await client.query(
    "select setval('users_id_seq', $1::int + 1, false), setval('images_id_seq', $2::int + 1, false)",
    [size.users, size.images],
  );
}

/** Says each step when it is done, and how long it took. */
function stopwatch(say: (line: string) => void): (done: string) => void {
  let last = performance.now();
  return (done) => {
    const now = performance.now();
    say(`${((now - last) / 1000).toFixed(1).padStart(6)} s  ${done}`);
    last = now;
  };
}

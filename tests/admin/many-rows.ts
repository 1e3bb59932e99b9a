import pg from "pg";

const tables = ["users", "profiles", "images", "likes"];

/** As many people, pictures and likes, none of whose files are there. */
export async function createManyRows(databaseUrl: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Filled row by row, indexes take far longer than the rows, and so do checks of what is known.
    await client.query("set session_replication_role = replica");
    const { rows } = await client.query<{ name: string; definition: string }>(
      `select indexname as name, indexdef as definition from pg_indexes
      where tablename = any($1) and indexname not like '%_pkey'`,
      [tables],
    );
    for (const { name } of rows) await client.query(`drop index "${name}"`);
    for (const statement of [people, profiles, pictures, likes])
      await client.query(statement, [count]);
    for (const { definition } of rows) await client.query(definition);
    await client.query(`analyze ${tables.join(", ")}`);
  } finally {
    await client.end();
  }
}

const people = `
  insert into users (id, username, email, first_name, last_name, joined_at)
  select 1000 + n, 'many_' || n, 'many' || n || '@example.org', 'Jo', 'of ' || (n % 977),
    timestamptz '2026-01-01' - n * interval '1 minute'
  from generate_series(1, $1::int) n`;

const profiles =
  "insert into profiles (user_id) select 1000 + n from generate_series(1, $1::int) n";

/** A third each of river, mountain and harbour; one in 50,000 is of a quetzal, one of dreams. */
const pictures = `
  insert into images (id, owner_id, title, slug, storage_key, sha256, width, height, bytes, format,
    is_animated, dominant_colour, perceptual_hash, total_likes, total_views, created_at)
  select n, 1001 + n % ($1::int / 10),
    (array['River', 'Mountain', 'Harbour'])[1 + n % 3] || ' ' || left(md5(n::text), 8)
      || case when n % 50000 = 0 then ' quetzal' when n = 777 then ' мечта 富士' else '' end,
    'picture', 'originals/' || n, md5(n::text) || md5(n::text), 600, 400, 1000,
    case when n % 20 = 0 then 'png' else 'jpeg' end::image_format, n % 10 = 0,
    '#336699', 0, n * 7919::bigint % 5000, n * 104729::bigint % 90000,
    timestamptz '2026-11-20' - n * interval '2 minutes'
  from generate_series(1, $1::int) n`;

const likes = `
  insert into likes (user_id, image_id, created_at)
  select 1001 + n % ($1::int / 10), n, timestamptz '2026-11-20' - n * interval '1 minute'
  from generate_series(1, $1::int) n`;

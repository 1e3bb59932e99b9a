import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { migrate } from "#platform/migrations.ts";
import { diffSchemas } from "#platform/schema-engine.ts";

const schema = readFileSync("prisma/schema.prisma", "utf8");
const names = readdirSync("prisma/migrations", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** What schema.prisma cannot say and only the migrations' SQL does. Anything else is drift. */
const onlyInSql = {
  extensions: ["citext", "pg_trgm"],
  indexes: ["images_search_idx", "images_title_idx", "users_last_sign_in_idx", "users_search_idx"],
  checks: {
    contacts: ["contacts_not_oneself_check"],
    groups: ["groups_name_check"],
    image_daily_views: ["image_daily_views_views_check"],
    images: [
      "images_description_check",
      "images_dominant_colour_check",
      "images_page_url_check",
      "images_sha256_check",
      "images_size_check",
      "images_slug_check",
      "images_source_url_check",
      "images_title_check",
      "images_totals_check",
    ],
    profiles: ["profiles_bio_check", "profiles_counts_check"],
    site: ["site_single_check"],
    users: ["users_email_check", "users_username_check"],
  },
};

let migrated: pg.Client;
let described: pg.Client;

async function emptyDatabase(): Promise<pg.Client> {
  const server = new pg.Client({
    connectionString: inject("templateUrl").replace(/[^/]*$/, "postgres"),
  });
  const name = `schema_${randomUUID().replaceAll("-", "")}`;
  await server.connect();
  await server.query(`create database ${name}`);
  await server.end();
  const client = new pg.Client({ connectionString: inject("templateUrl").replace(/[^/]*$/, name) });
  await client.connect();
  return client;
}

const urlOf = (client: pg.Client) => inject("templateUrl").replace(/[^/]*$/, client.database ?? "");

beforeAll(async () => {
  [migrated, described] = [await emptyDatabase(), await emptyDatabase()];
  await migrate(urlOf(migrated));
  for (const extension of onlyInSql.extensions)
    await described.query(`create extension ${extension}`);
  await described.query(await diffSchemas(urlOf(described), null, schema));
});
afterAll(() => Promise.all([migrated.end(), described.end()]));

const catalogue = {
  tables: `
    select c.relname, c.relkind, c.relpersistence from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
      and c.relname <> '_prisma_migrations' order by 1`,
  columns: `
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
      a.attidentity, a.attgenerated, a.attcollation::regcollation::text as collation,
      pg_get_expr(d.adbin, d.adrelid) as default_value
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
      and not a.attisdropped and c.relname <> '_prisma_migrations' order by 1, 2`,
  indexes: `
    select tablename, indexname, indexdef from pg_indexes
    where schemaname = 'public' and tablename <> '_prisma_migrations'
      and indexname <> all('{${onlyInSql.indexes.join(",")}}') order by 1, 2`,
  constraints: `
    select conrelid::regclass::text as table, conname, contype, convalidated, condeferrable,
      pg_get_constraintdef(oid) as definition
    from pg_constraint
    where connamespace = 'public'::regnamespace and contype not in ('c', 'n') and conrelid <> 0
      and conrelid::regclass::text <> '_prisma_migrations' order by 1, 2`,
  enums: `
    select t.typname, e.enumlabel from pg_enum e join pg_type t on t.oid = e.enumtypid
    order by t.typname, e.enumsortorder`,
  triggers: "select tgname from pg_trigger where not tgisinternal order by 1",
};

describe("the database that the migrations make", () => {
  test.each(Object.entries(catalogue))(
    "has the %s that schema.prisma describes",
    async (what, sql) => {
      const [made, expected] = await Promise.all([migrated.query(sql), described.query(sql)]);
      if (what !== "triggers") expect(expected.rows.length).toBeGreaterThan(3);
      expect(made.rows).toEqual(expected.rows);
    },
  );

  test("has besides these exactly the checks, indexes and extensions named here", async () => {
    const checks = await migrated.query(`
      select conrelid::regclass::text as table, json_agg(conname order by conname) as names
      from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace
        and conrelid <> 0 group by 1`);
    expect(Object.fromEntries(checks.rows.map(({ table, names }) => [table, names]))).toEqual(
      onlyInSql.checks,
    );
    const indexes = await migrated.query(
      "select indexname from pg_indexes where indexname = any($1) order by 1",
      [onlyInSql.indexes],
    );
    expect(indexes.rows.map((row) => row.indexname)).toEqual(onlyInSql.indexes);
    const extensions = await migrated.query(
      "select extname from pg_extension where extname <> 'plpgsql' order by 1",
    );
    expect(extensions.rows.map(({ extname }) => extname)).toEqual(onlyInSql.extensions);
    const functions = await migrated.query(`
      select proname from pg_proc p where pronamespace = 'public'::regnamespace and not exists
        (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')`);
    expect(functions.rows).toEqual([]);
  });

  test("is recorded as Prisma's own command line would have done it", async () => {
    const { rows } = await migrated.query(
      "select migration_name, checksum, applied_steps_count, logs from _prisma_migrations order by 1",
    );
    expect(rows).toEqual(
      names.map((name) => ({
        migration_name: name,
        checksum: createHash("sha256")
          .update(readFileSync(join("prisma/migrations", name, "migration.sql")))
          .digest("hex"),
        applied_steps_count: 1,
        logs: null,
      })),
    );
  });
});

test("the schema kept beside the last migration is the schema", async () => {
  const kept = readFileSync(join("prisma/migrations", names.at(-1) ?? "", "schema.prisma"), "utf8");
  expect(kept).toBe(schema);
  expect((await diffSchemas(urlOf(described), kept, schema)).trim()).toBe(
    "-- This is an empty migration.",
  );
});

describe("the database refuses what no person or picture can be", () => {
  const person = { username: "ana", email: "ana@example.org" };
  const image = {
    owner_id: -1,
    title: "A",
    slug: "a",
    storage_key: "k",
    sha256: "0".repeat(64),
    width: 1,
    height: 1,
    bytes: 1,
    format: "png",
    dominant_colour: "#00ff00",
    perceptual_hash: 0,
  };
  const insert = async (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const values = columns.map((_column, index) => `$${index + 1}`);
    const sql = `insert into ${table} (${columns.join()}) values (${values.join()})`;
    await migrated.query("savepoint before_insert");
    try {
      await migrated.query(sql, Object.values(row));
    } finally {
      await migrated.query("rollback to savepoint before_insert");
    }
  };

  beforeAll(async () => {
    await migrated.query("begin");
    await migrated.query(
      "insert into users (id, username, email) values (-1, 'owner', 'o@x'), (-2, 'other', 'p@x')",
    );
    await migrated.query(
      "insert into images (id, owner_id, title, slug, storage_key, sha256, width, height, bytes, format, dominant_colour, perceptual_hash) values (-1, -1, 'A', 'a', 'k', repeat('1', 64), 1, 1, 1, 'png', '#000000', 0)",
    );
  });
  afterAll(() => migrated.query("rollback"));

  test("and takes what is right", async () => {
    await insert("users", person);
    await insert("profiles", { user_id: -1, bio: "x".repeat(2000) });
    await insert("contacts", { from_id: -1, to_id: -2 });
    await insert("images", { ...image, source_url: "https://x", page_url: "http://x" });
    await insert("images", { ...image, source_url: null, page_url: null });
    await insert("image_daily_views", { image_id: -1, day: "2026-01-01", views: 0 });
  });

  test.each<[string, string, Record<string, unknown>[]]>([
    [
      "users_username_check",
      "users",
      ["", "a b", "a@b", "-a", ".a", "ä", "x".repeat(51)].map((username) => ({
        ...person,
        username,
      })),
    ],
    [
      "users_email_check",
      "users",
      ["", "ana", "a@b@c", "a b@c", "@x", "a@", `${"x".repeat(253)}@y`].map((email) => ({
        ...person,
        email,
      })),
    ],
    ["profiles_bio_check", "profiles", [{ user_id: -1, bio: "x".repeat(2001) }]],
    [
      "profiles_counts_check",
      "profiles",
      ["followers_count", "following_count", "images_count"].map((name) => ({
        user_id: -1,
        [name]: -1,
      })),
    ],
    ["contacts_not_oneself_check", "contacts", [{ from_id: -1, to_id: -1 }]],
    ["groups_name_check", "groups", [{ name: "" }, { name: "x".repeat(101) }]],
    ["images_title_check", "images", [{ ...image, title: "" }]],
    [
      "images_slug_check",
      "images",
      ["", "-a", "a-", "a--b", "A", "a b", "ä", "a/b"].map((slug) => ({ ...image, slug })),
    ],
    [
      "images_source_url_check",
      "images",
      ["javascript:alert(1)", "data:,x", "ftp://x", " https://x", ""].map((source_url) => ({
        ...image,
        source_url,
      })),
    ],
    [
      "images_page_url_check",
      "images",
      ["javascript:alert(1)", "//x", ""].map((page_url) => ({ ...image, page_url })),
    ],
    ["images_description_check", "images", [{ ...image, description: "x".repeat(5001) }]],
    [
      "images_sha256_check",
      "images",
      ["A".repeat(64), "0".repeat(63), "g".repeat(64)].map((sha256) => ({ ...image, sha256 })),
    ],
    [
      "images_size_check",
      "images",
      ["width", "height", "bytes"].flatMap((name) =>
        [0, -1].map((value) => ({ ...image, [name]: value })),
      ),
    ],
    [
      "images_dominant_colour_check",
      "images",
      ["#00FF00", "#0f0", "red"].map((dominant_colour) => ({ ...image, dominant_colour })),
    ],
    [
      "images_totals_check",
      "images",
      ["total_likes", "total_views"].map((name) => ({ ...image, [name]: -1 })),
    ],
    [
      "image_daily_views_views_check",
      "image_daily_views",
      [{ image_id: -1, day: "2026-01-01", views: -1 }],
    ],
    ["site_single_check", "site", [{ id: 2 }]],
  ])("%s", async (constraint, table, rows) => {
    for (const row of rows) {
      const failure = await insert(table, row).catch((error: pg.DatabaseError) => error);
      expect([row, failure]).toEqual([row, expect.objectContaining({ code: "23514", constraint })]);
    }
  });

  test("every named check is tried above", ({ task }) => {
    const tried = task.suite?.tasks.map((sibling) => sibling.name) ?? [];
    for (const check of Object.values(onlyInSql.checks).flat()) expect(tried).toContain(check);
  });

  test("names and addresses are equal whatever their case", async () => {
    await expect(insert("users", { ...person, username: "OWNER" })).rejects.toThrow(
      /users_username_key/,
    );
    await expect(insert("users", { ...person, email: "O@X" })).rejects.toThrow(/users_email_key/);
  });
});

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MigrationList } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { applyMigrations } from "#platform/schema-engine.ts";

const migrationsFolder = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** Any number no other program locks in this database: "magpie" in ASCII. */
const migrationLock = 0x6d6167706965;

/** Applies pending migrations and names them; processes that start together wait for each other. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const list = await readMigrations();
  const lock = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  // A connection that breaks later also fails the query that waits for it.
  lock.on("error", () => {});
  await lock.connect().catch((cause: Error & { code?: string }) => {
    // Where a name has several addresses, only the code says what went wrong.
    const reason = cause.message || cause.code;
    throw new Error(`The database that DATABASE_URL names cannot be used: ${reason}.`, { cause });
  });
  try {
    await lock.query("select pg_advisory_lock($1)", [migrationLock]);
    // Loading the engine costs more than all else; most starts have nothing to apply.
    if (await isUpToDate(lock, list)) return [];
    return await applyMigrations(databaseUrl, list);
  } finally {
    await lock.end();
  }
}

export async function readMigrations(folder = migrationsFolder): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: {
          tag: "ok" as const,
          value: await readFile(join(folder, name, "migration.sql"), "utf8"),
        },
      },
    })),
  );
  return {
    baseDir: folder,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories,
  };
}

async function isUpToDate(client: pg.Client, list: MigrationList): Promise<boolean> {
  const { rows } = await client.query(
    "select to_regclass('_prisma_migrations') is not null as known",
  );
  if (!rows[0].known) return false;
  const applied = await client.query(
    "select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null",
  );
  const names = new Set(applied.rows.map((row) => row.migration_name));
  return list.migrationDirectories.every((directory) => names.has(directory.path));
}

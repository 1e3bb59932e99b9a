import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { migrate, readMigrations } from "#platform/migrations.ts";

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function emptyDatabase(): Promise<string> {
  const name = `empty_${randomUUID().replaceAll("-", "")}`;
  await query(inject("templateUrl").replace(/[^/]*$/, "postgres"), `create database ${name}`);
  return inject("templateUrl").replace(/[^/]*$/, name);
}

const namesOfAll = async () =>
  (await readMigrations()).migrationDirectories.map((directory) => directory.path);

describe("migrating", () => {
  test("applies everything once, however many processes start together", async () => {
    const url = await emptyDatabase();
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
    expect(applied.flat().sort()).toEqual(await namesOfAll());
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    const rows = await query(
      url,
      "select migration_name, finished_at, rolled_back_at from _prisma_migrations order by 1",
    );
    expect(rows.map((row) => row["migration_name"])).toEqual(await namesOfAll());
    for (const row of rows) {
      expect(row).toMatchObject({ finished_at: expect.any(Date), rolled_back_at: null });
    }
    expect(await migrate(url)).toEqual([]);
  });

  test("leaves no connection and no lock behind", async () => {
    const url = await emptyDatabase();
    await migrate(url);
    const name = new URL(url).pathname.slice(1);
    const others = `from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`;
    await expect
      .poll(async () => (await query(url, `select count(*)::int as count ${others}`))[0]?.["count"])
      .toBe(0);
    await query(url.replace(/[^/]*$/, "postgres"), `drop database ${name}`);
  });

  test("does not touch a database whose last migration failed", async () => {
    const url = await emptyDatabase();
    await migrate(url);
    await query(url, "update _prisma_migrations set finished_at = null");
    await expect(migrate(url)).rejects.toThrow();
  });

  test("says which setting is wrong when the database cannot be used", async () => {
    const base = inject("templateUrl");
    const wrongPassword = new URL(base);
    wrongPassword.password = "wrong";
    const wrong = {
      "postgresql://localhost:1/x": /ECONNREFUSED/,
      "postgresql://nowhere.invalid/x": /ENOTFOUND|EAI_AGAIN/,
      [base.replace(/[^/]*$/, "no_such_database")]: /no_such_database/,
      [wrongPassword.href]: /password authentication failed/,
    };
    for (const [url, reason] of Object.entries(wrong)) {
      const failure = await migrate(url).catch((error: Error) => error.message);
      expect(failure).toMatch(/^The database that DATABASE_URL names cannot be used: [^\n]+\.$/);
      expect(failure).toMatch(reason);
    }
  });

  test("does not wait for ever for a database that hangs", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await expect(migrate(`postgresql://127.0.0.1:${port}/x`)).rejects.toThrow(
      /DATABASE_URL.*timeout/,
    );
    server.close();
  });
});

import pg from "pg";
import { expect, test } from "vitest";
import { createAdvisoryLock } from "#platform/advisory-lock.ts";
import { createDatabase, createPool } from "#platform/database.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";

const onError = () => {};

test("times are kept right on a server of another time zone", async () => {
  const url = await cloneDatabase();
  const name = new URL(url).pathname.slice(1);
  const plain = new pg.Client({ connectionString: url });
  await plain.connect();
  await plain.query(`alter database ${name} set timezone = 'Europe/Berlin'`);
  const pool = createPool(url, { max: 1, onError });
  const database = createDatabase(pool);
  const joinedAt = new Date("2026-03-29T02:30:00Z");
  await database.user.create({ data: { username: "ana", email: "ana@example.org", joinedAt } });
  const { joinedAt: read } = await database.user.findUniqueOrThrow({ where: { username: "ana" } });
  expect(read).toEqual(joinedAt);
  const { rows } = await plain.query("select joined_at = $1::timestamptz as same from users", [
    "2026-03-29T02:30:00Z",
  ]);
  expect(rows).toEqual([{ same: true }]);
  await database.$disconnect();
  await Promise.all([pool.end(), plain.end()]);
});

test("a connection lost while a lock is held is an error of that work, not the end of the process", async () => {
  const pool = createPool(await cloneDatabase(), { max: 2, onError });
  const lock = createAdvisoryLock(pool);
  const work = lock("a name", async () => {
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  await expect(work).rejects.toThrow();
  await expect(lock("a name", async () => "free again")).resolves.toBe("free again");
  await pool.end();
});

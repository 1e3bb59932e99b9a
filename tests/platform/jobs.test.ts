import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { queues } from "#dependencies";
import { createDatabase, createPool } from "#platform/database.ts";
import { createJobs, type Jobs } from "#platform/jobs.ts";
import { createLogger } from "#platform/logger.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";

const queue = queues[0];
const logger = createLogger("silent");
let databaseUrl: string;
let client: pg.Client;
const started: Jobs[] = [];

beforeAll(async () => {
  databaseUrl = await cloneDatabase();
  client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
});
afterAll(async () => {
  for (const jobs of started) await jobs.stop();
  await client.end();
});

async function start(options: { supervise?: boolean } = {}): Promise<Jobs> {
  const jobs = await createJobs({ databaseUrl, queues, logger, ...options });
  started.push(jobs);
  return jobs;
}

async function enqueue(jobs: Jobs, data: object): Promise<void> {
  const pool = createPool(databaseUrl, { max: 1, onError: () => {} });
  const database = createDatabase(pool);
  await database.$transaction((tx) => jobs.enqueue(tx, queue, data));
  await database.$disconnect();
  await pool.end();
}

const waiting = async () =>
  (await client.query("select data from pgboss.job where name = $1 and state = 'created'", [queue]))
    .rows;

describe("jobs", () => {
  test("are finished by a stop, which may be asked for twice; requests may enqueue more", async () => {
    const jobs = await start();
    let isFinished = false;
    const handler = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      isFinished = true;
    });
    await enqueue(jobs, { sha256: "first" });
    await jobs.work(queue, handler);
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), { timeout: 15_000 });
    await Promise.all([jobs.stop(), jobs.stop()]);
    expect(isFinished).toBe(true);
    await jobs.stop();
    await enqueue(jobs, { sha256: "late" });
    expect(await waiting()).toEqual([{ data: { sha256: "late" } }]);
  });

  test("are still taken after every connection was lost", async () => {
    const jobs = await start();
    const handler = vi.fn(async () => {});
    await jobs.work(queue, handler);
    await client.query("delete from pgboss.job");
    const { rowCount } = await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'pgboss'",
    );
    expect(rowCount).toBeGreaterThan(0);
    await enqueue(jobs, { sha256: "after" });
    await vi.waitFor(() => expect(handler).toHaveBeenCalledWith({ sha256: "after" }), {
      timeout: 20_000,
    });
    await jobs.stop();
  });

  test("are watched over by those processes only that are asked to", async () => {
    const clock = async () =>
      (await client.query("select cron_on from pgboss.version")).rows[0].cron_on;
    await client.query("update pgboss.version set cron_on = null");
    const web = await start({ supervise: false });
    await enqueue(web, { sha256: "web" });
    expect(await waiting()).toContainEqual({ data: { sha256: "web" } });
    await web.stop();
    expect(await clock()).toBeNull();
    const server = await start();
    await vi.waitFor(async () => expect(await clock()).not.toBeNull(), { timeout: 15_000 });
    await server.stop();
  });
});

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { queues } from "#dependencies";
import { startEmbeddedPostgres } from "#platform/embedded-postgres.ts";
import { createJobs } from "#platform/jobs.ts";
import { createLogger } from "#platform/logger.ts";
import { migrate } from "#platform/migrations.ts";

/** One PostgreSQL for the whole run, with a migrated template that each test file clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "magpie-test-"));
  // Root runs PostgreSQL as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, "postgres"),
    password: "test",
    // Nothing here outlives the run, so nothing needs to reach the disk.
    settings: {
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      max_connections: "200",
    },
  });
  const tearDown = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await migrate(postgres.url);
    const jobs = await createJobs({
      databaseUrl: postgres.url,
      queues,
      logger: createLogger("silent"),
    });
    await jobs.stop();
    const client = new pg.Client({ connectionString: postgres.url.replace(/[^/]*$/, "postgres") });
    await client.connect();
    await client.query("alter database magpie rename to magpie_template");
    await client.end();
    project.provide("templateUrl", postgres.url.replace(/[^/]*$/, "magpie_template"));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

import { runCommand, say } from "#command";
import { readConfig } from "#config";
import { createDependencies } from "#dependencies";
import { sweepSessions, sweepSessionsQueue } from "#features/account/account.jobs.ts";
import {
  removeFiles,
  removeFilesQueue,
  sweepFiles,
  sweepFilesQueue,
} from "#features/images/images.jobs.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import { type Database, openDatabaseUrl } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { createLogger } from "#platform/logger.ts";
import { migrate } from "#platform/migrations.ts";
import type { Storage } from "#platform/storage.ts";

/** Takes on every job there is; runs inside server.ts or alone. */
export async function startWorker(deps: {
  jobs: Jobs;
  database: Database;
  storage: Storage;
  lock: AdvisoryLock;
  clock: () => Date;
}): Promise<void> {
  await deps.jobs.work(removeFilesQueue, (data: { sha256: string }) => removeFiles(deps, data));
  await deps.jobs.work(sweepFilesQueue, () => sweepFiles(deps), { cron: "17 * * * *" });
  await deps.jobs.work(sweepSessionsQueue, () => sweepSessions(deps), { cron: "43 4 * * *" });
}

/** `npm run worker`: the jobs in a process of their own, beside any number of servers. */
async function runAlone(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const opened = await openDatabaseUrl(config, { share: true });
  await migrate(opened.url);
  const deps = await createDependencies(config, { databaseUrl: opened.url, logger });
  const stop = async () => {
    await deps.close();
    await opened.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
  await startWorker(deps);
  say("Magpie's worker is running.");
}

if (import.meta.main) await runCommand(runAlone);

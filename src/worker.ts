import { say } from "#command";
import { readConfig } from "#config";
import { createDependencies } from "#dependencies";
import { sweepSessions, sweepSessionsQueue } from "#features/account/account.jobs.ts";
import {
  removePhoto,
  removePhotoQueue,
  sweepPhotos,
  sweepPhotosQueue,
} from "#features/account/photos.jobs.ts";
import { type Mail, sendMail, sendMailQueue } from "#features/account/send-mail.ts";
import {
  recountImagesQueue,
  recountPictures,
  removeFiles,
  removeFilesQueue,
  sweepFiles,
  sweepFilesQueue,
  sweepViews,
  sweepViewsQueue,
} from "#features/images/images.jobs.ts";
import { recountCountersQueue, recountPeople } from "#features/users/users.jobs.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import { type Database, openDatabaseUrl } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { createLogger, type Logger } from "#platform/logger.ts";
import type { MailTemplates } from "#platform/mail-templates.ts";
import type { Mailer } from "#platform/mailer.ts";
import { migrate } from "#platform/migrations.ts";
import type { Sql } from "#platform/sql.ts";
import type { Storage } from "#platform/storage.ts";
import type { ViewCounters } from "#platform/view-counters.ts";
import { type Lifecycle, runUntilStopped } from "./lifecycle.ts";

/** Takes on every job there is; runs inside server.ts or alone. */
export async function startWorker(deps: {
  jobs: Jobs;
  database: Database;
  sql: Sql;
  logger: Logger;
  storage: Storage;
  lock: AdvisoryLock;
  viewCounters: ViewCounters;
  clock: () => Date;
  mailer: Mailer;
  mailTemplates: MailTemplates;
}): Promise<void> {
  await deps.jobs.work(removeFilesQueue, (data: { sha256: string }) => removeFiles(deps, data));
  await deps.jobs.work(sendMailQueue, (mail: Mail) => sendMail(deps, mail));
  await deps.jobs.work(sweepFilesQueue, () => sweepFiles(deps), { cron: "17 * * * *" });
  await deps.jobs.work(sweepViewsQueue, () => sweepViews(deps), { cron: "*/10 * * * *" });
  await deps.jobs.work(sweepSessionsQueue, () => sweepSessions(deps), { cron: "43 4 * * *" });
  await deps.jobs.work(removePhotoQueue, (data: { photo: string }) => removePhoto(deps, data));
  await deps.jobs.work(sweepPhotosQueue, () => sweepPhotos(deps), { cron: "27 * * * *" });
  await deps.jobs.work(recountCountersQueue, () => recountPeople(deps), { cron: "11 3 * * *" });
  await deps.jobs.work(recountImagesQueue, () => recountPictures(deps), { cron: "31 3 * * *" });
}

/** `npm run worker`: the jobs in a process of their own, beside any number of servers. */
async function runAlone(lifecycle: Lifecycle): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  lifecycle.logger = logger;
  const { undo, stopping } = lifecycle;
  const opened = await openDatabaseUrl(config, { share: true });
  undo.push(opened.close);
  stopping.throwIfAborted();
  await migrate(opened.url);
  stopping.throwIfAborted();
  const deps = await createDependencies(config, { databaseUrl: opened.url, logger });
  undo.push(deps.close);
  stopping.throwIfAborted();
  await startWorker(deps);
  say("Magpie's worker is running.");
}

if (import.meta.main) await runUntilStopped(runAlone);

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import connectPgSimple from "connect-pg-simple";
import { stop as stopEsbuild } from "esbuild";
import session from "express-session";
import type { Config } from "#config";
import { sweepSessionsQueue } from "#features/account/account.jobs.ts";
import { removePhotoQueue, sweepPhotosQueue } from "#features/account/photos.jobs.ts";
import { sendMailQueue } from "#features/account/send-mail.ts";
import { buildBookmarklet } from "#features/bookmarklet/build-bookmarklet.ts";
import { createFetchPicture } from "#features/images/fetch-picture.ts";
import {
  recountImagesQueue,
  removeFilesQueue,
  sweepFilesQueue,
  sweepViewsQueue,
} from "#features/images/images.jobs.ts";
import { createIncomingPictures } from "#features/images/incoming-pictures.ts";
import { recountCountersQueue } from "#features/users/users.jobs.ts";
import { createAdvisoryLock } from "#platform/advisory-lock.ts";
import { createDatabase, createPool } from "#platform/database.ts";
import { createImageProcessor } from "#platform/image-processor.ts";
import { createJobs } from "#platform/jobs.ts";
import type { Logger } from "#platform/logger.ts";
import { createMailTemplates } from "#platform/mail-templates.ts";
import { createMailer, type Mailer } from "#platform/mailer.ts";
import { createOpenid } from "#platform/openid.ts";
import { createPostgresViewCounters } from "#platform/postgres-view-counters.ts";
import { createRateLimits } from "#platform/rate-limits.ts";
import { closeRedis, createRedis } from "#platform/redis.ts";
import { createRedisSessions } from "#platform/redis-sessions.ts";
import { createRedisViewCounters } from "#platform/redis-view-counters.ts";
import { createSafeFetch, type SafeFetch } from "#platform/safe-fetch.ts";
import { createSql, preparing } from "#platform/sql.ts";
import { createStorage } from "#platform/storage.ts";
import { loadStaticAssets } from "#web/static-assets.ts";

/** Every queue there is; worker.ts says who takes its jobs. */
export const queues = [
  removeFilesQueue,
  sweepFilesQueue,
  sweepSessionsQueue,
  sendMailQueue,
  removePhotoQueue,
  sweepPhotosQueue,
  recountCountersQueue,
  recountImagesQueue,
  sweepViewsQueue,
] as const;

export type Dependencies = Awaited<ReturnType<typeof createDependencies>>;

/** Every client there is, made here and nowhere else. @param fakes what tests put in their place */
export async function createDependencies(
  config: Config,
  {
    databaseUrl,
    logger,
    supervise = true,
  }: {
    databaseUrl: string;
    logger: Logger;
    /** Whether this process minds the queue's clock and upkeep; one of a site does. */
    supervise?: boolean;
  },
  fakes: { clock?: () => Date; safeFetch?: SafeFetch; mailer?: Mailer } = {},
) {
  const clock = fakes.clock ?? (() => new Date());
  // First, for it may fail the start, and nothing else is open yet.
  const redis = config.redisUrl ? await createRedis(config.redisUrl, { logger }) : null;
  const onError = (error: Error) =>
    logger.warn({ err: error }, "an idle database connection broke");
  const pool = createPool(databaseUrl, { max: 8, onError });
  // What every page reads.
  const readPool = createPool(databaseUrl, { max: 8, onError, plansOnce: true });
  // Whoever waits for a lock waits for someone else's file work, or for the seed.
  const lockPool = createPool(databaseUrl, {
    max: 4,
    onError,
    queryTimeoutMillis: 60_000,
    waitMillis: 20_000,
  });
  const database = createDatabase(pool);
  const sql = createSql(readPool);
  const storage = await createStorage({ folder: join(config.dataFolder, "storage") });
  const { storageId } = await database.site.findFirstOrThrow();
  await storage.check({
    storageId,
    hasRows: async () => (await database.image.findFirst({ select: { id: true } })) !== null,
  });
  const { temporaryFolder } = storage;

  const safeFetch =
    fakes.safeFetch ??
    createSafeFetch({
      allow: config.fetchAllow,
      maxBytes: config.maxImageBytes,
      timeoutMs: 15_000,
      temporaryFolder,
      // A public site says where it is; a name on a home network is nobody else's business.
      userAgent: `Mozilla/5.0 (compatible; Magpie/1.0${config.https ? `; +${config.baseUrl}` : ""})`,
      logger,
      concurrency: { total: 16, perPerson: 4, waiting: 200 },
    });
  const imageProcessor = createImageProcessor({
    maxPixels: config.maxImagePixels,
    maxBytes: config.maxImageBytes,
    concurrency: 2,
    maxWaiting: 100,
  });
  const limits = createRateLimits({ pool, redis }, { enabled: config.rateLimits });
  const incoming = createIncomingPictures(temporaryFolder, clock);
  const jobs = await createJobs({ databaseUrl, queues, logger, supervise });
  const { smtpUrl, mailFrom: from } = config;
  const mailer =
    fakes.mailer ??
    createMailer({ smtpUrl, from, folder: join(config.dataFolder, "mail"), logger });
  const redirectUri = `${config.baseUrl}/login/openid/callback`;
  const openid = config.openid && createOpenid(config.openid, { redirectUri, logger, clock });
  const lock = createAdvisoryLock(lockPool);
  const postgresCounters = createPostgresViewCounters({ sql, clock, logger });
  const viewCounters = redis
    ? createRedisViewCounters({ redis, sql, lock, clock, logger, fallback: postgresCounters })
    : postgresCounters;
  const PgStore = connectPgSimple(session);
  const sessionStore = redis
    ? createRedisSessions(redis)
    : new PgStore({
        pool: preparing(readPool),
        tableName: "session_store",
        disableTouch: true,
        errorLog: (...details) => logger.warn({ details }, "session store"),
      });

  const [assets, bookmarklet] = await Promise.all([
    loadStaticAssets(fileURLToPath(new URL("../public", import.meta.url))),
    buildBookmarklet(config),
  ]);
  // All that is bundled is bundled at start; esbuild's own process need not stay.
  await stopEsbuild();

  return {
    config,
    clock,
    logger,
    database,
    sql,
    redis,
    storage,
    temporaryFolder,
    lock,
    viewCounters,
    visitorSecret: config.sessionSecrets[0] ?? "",
    limits,
    safeFetch,
    imageProcessor,
    incoming,
    fetchPicture: createFetchPicture({
      safeFetch,
      imageProcessor,
      incoming,
      temporaryFolder,
      limits,
    }),
    jobs,
    mailer,
    mailTemplates: createMailTemplates(fileURLToPath(new URL("../views", import.meta.url)), {
      baseUrl: config.baseUrl,
      openidName: config.openid?.name ?? "",
    }),
    openid,
    sessionStore,
    assets,
    bookmarklet,
    maxImageBytes: config.maxImageBytes,
    signUpsOpen: config.signUpsOpen,
    emailConfirmationRequired: config.emailConfirmationRequired,
    membersOnly: config.membersOnly,
    close: async () => {
      await jobs.stop();
      mailer.close();
      await viewCounters.close();
      await safeFetch.close();
      await openid?.close();
      if (sessionStore instanceof PgStore) await sessionStore.close();
      if (redis) await closeRedis(redis);
      await database.$disconnect();
      await Promise.all([pool, readPool, lockPool].map((each) => each.end()));
    },
  };
}

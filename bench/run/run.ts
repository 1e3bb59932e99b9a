import { join } from "node:path";
import pg from "pg";
import { type Config, readConfig } from "#config";
import type { RunOptions } from "../command-line.ts";
import { benchSettings } from "../settings.ts";
import { startOwnServer, startSite } from "./child-process.ts";
import { measurePage, WrongAnswer } from "./measure-page.ts";
import { listPages } from "./pages.ts";
import { findPostmaster } from "./process-figures.ts";
import { startRecorder } from "./record-queries.ts";
import type { PageReport, Report } from "./report.ts";
import { signIn } from "./sign-in.ts";
import { tableHead, tableRow } from "./table.ts";
import { findTargets, type Targets } from "./targets.ts";
import { tidy } from "./tidy.ts";

export interface RunDeps {
  config: Config;
  databaseUrl: string;
  say: (line: string) => void;
  /** Aborted when the bench is to stop, which it does as at the end. */
  signal: AbortSignal;
}

/** Loads every main page of the site in production mode, one after the other. */
export async function run(deps: RunDeps, options: RunOptions): Promise<Report> {
  const client = new pg.Client({ connectionString: deps.databaseUrl, options: "-c TimeZone=UTC" });
  await client.connect();
  try {
    const targets = await findTargets(client, options.followed);
    const startedAt = new Date();
    const images = await startOwnServer("./image-server.ts", {});
    try {
      return await runOver(deps, options, { client, targets, imageOrigin: images.origin });
    } finally {
      await images.stop();
      const { dataFolder } = deps.config;
      const writers = targets.writers.map((writer) => writer.id);
      await tidy(client, { startedAt, imageOrigin: images.origin, dataFolder, writers });
    }
  } finally {
    await client.end();
  }
}

async function runOver(
  { databaseUrl, say, signal }: RunDeps,
  { seconds, connections, only }: RunOptions,
  { client, targets, imageOrigin }: { client: pg.Client; targets: Targets; imageOrigin: string },
): Promise<Report> {
  const settings = siteSettings(databaseUrl, new URL(imageOrigin).host);
  const config = readConfig(settings);
  const site = await startSite(settings);
  const recorder = await startRecorder(config, databaseUrl);
  try {
    const reader = await signIn(site.origin, targets.reader);
    const writers = await Promise.all(targets.writers.map((person) => signIn(site.origin, person)));
    const pages = await listPages({ client, targets, reader, writers, imageOrigin, connections });
    const report: Report = {
      takenAt: new Date().toISOString(),
      seconds,
      connections,
      node: process.version,
      redis: config.redisUrl !== undefined,
      rows: targets.rows,
      pages: [],
      skipped: [],
    };
    const postmaster = await findPostmaster(client);
    const storageFolder = join(config.dataFolder, "storage");
    const measuring = { databaseUrl, storageFolder, site, recorder, postmaster, seconds, signal };
    say(tableHead());
    for (const page of pages) {
      signal.throwIfAborted();
      if (only.length > 0 && !only.some((begin) => page.name.startsWith(begin))) continue;
      await addPage(report, () => measurePage(measuring, page), page.name, say);
    }
    return report;
  } finally {
    await recorder.close();
    await site.stop();
  }
}

async function addPage(
  report: Report,
  measured: () => Promise<PageReport>,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  try {
    const page = await measured();
    report.pages.push(page);
    say(tableRow(page));
  } catch (error) {
    // A page that is being built should not keep the others from being measured.
    if (!(error instanceof WrongAnswer)) throw error;
    report.skipped.push({ name, reason: error.message });
    say(`${name}: not measured`);
  }
}

const siteSettings = (databaseUrl: string, imageHost: string): NodeJS.ProcessEnv => ({
  ...benchSettings(),
  NODE_ENV: "production",
  DATABASE_URL: databaseUrl,
  HOST: "127.0.0.1",
  BASE_URL: "",
  BROWSING: "public",
  // So that requests can come from many visitors.
  TRUST_PROXY: "1",
  RATE_LIMITS: "off",
  LOG_LEVEL: "warn",
  SEED_DEMO: "false",
  WEB_PROCESSES: "1",
  FETCH_ALLOW: imageHost,
});

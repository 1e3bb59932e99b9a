import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Express } from "express";
import pg from "pg";
import { inject } from "vitest";
import { createApp } from "#app";
import { readConfig } from "#config";
import { createDependencies, type Dependencies } from "#dependencies";
import { createLogger } from "#platform/logger.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the database that is cloned for each test file. */
    templateUrl: string;
  }
}

/** The real app over a database and a storage folder of its own. */
export interface TestApp {
  app: Express;
  deps: Dependencies;
  databaseUrl: string;
  dataFolder: string;
  close(): Promise<void>;
}

export async function startTestApp(
  settings: Record<string, string> = {},
  fakes: { clock?: () => Date } = {},
): Promise<TestApp> {
  const databaseUrl = await cloneDatabase();
  const dataFolder = mkdtempSync(join(tmpdir(), "magpie-data-"));
  const config = readConfig({
    DATA_DIR: dataFolder,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: "silent",
    SESSION_SECRET: "a secret for tests",
    ...settings,
  });
  const logger = createLogger(config.logLevel);
  const deps = await createDependencies(config, { databaseUrl, logger }, fakes);
  return {
    app: createApp(deps, { isStopping: () => false }),
    deps,
    databaseUrl,
    dataFolder,
    close: async () => {
      await deps.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A copy of the migrated template; the whole server is thrown away after the run. */
export async function cloneDatabase(): Promise<string> {
  const template = inject("templateUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client({ connectionString: template.replace(/[^/]*$/, "postgres") });
  await client.connect();
  try {
    await client.query(`create database ${name} template magpie_template strategy file_copy`);
  } finally {
    await client.end();
  }
  return template.replace(/[^/]*$/, name);
}

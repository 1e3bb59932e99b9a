import { type Config, readConfig } from "#config";

/** The site's settings, with a folder of the bench's own: never the data of someone who set nothing. */
export const benchSettings = (environment: NodeJS.ProcessEnv = process.env) => ({
  ...environment,
  DATA_DIR: environment["DATA_DIR"] || "./.bench-data",
  SESSION_SECRET: environment["SESSION_SECRET"] || "a secret that the bench tells everyone",
});

export const readBenchConfig = (): Config => readConfig(benchSettings());

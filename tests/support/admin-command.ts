import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestApp } from "#tests/support/test-app.ts";

/** What `npm run admin -- <words>` prints about this site, and its exit code. */
export async function adminCommand(
  { databaseUrl, dataFolder }: TestApp,
  ...words: string[]
): Promise<{ said: string; code: number }> {
  // Vitest's own environment holds settings of ours, such as BASE_URL.
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATABASE_URL: databaseUrl, DATA_DIR: dataFolder };
  const run = promisify(execFile)(process.execPath, ["src/admin.ts", ...words], { env });
  return run.then(
    ({ stdout }) => ({ said: stdout, code: 0 }),
    ({ stdout, stderr, code }) => ({ said: `${stdout}${stderr}`, code: Number(code) }),
  );
}

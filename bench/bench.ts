import { readFile, writeFile } from "node:fs/promises";
import { runCommand, say } from "#command";
import { WrongSetting } from "#config";
import { type OpenDatabase, openDatabaseUrl } from "#platform/database.ts";
import { type Request, readCommandLine, usage } from "./command-line.ts";
import { load } from "./load/load.ts";
import { compareReports, comparisonTable } from "./run/compare.ts";
import type { Report } from "./run/report.ts";
import { run } from "./run/run.ts";
import { faultsOf } from "./run/table.ts";
import { readBenchConfig } from "./settings.ts";

/** `npm run bench`: fills a database, and measures the site over it. */
async function answer(request: Request): Promise<void> {
  if (request.command === "compare") {
    return compare(await readReport(request.earlier), await readReport(request.later));
  }
  const config = readBenchConfig();
  const opened = await openDatabaseUrl(config, { share: true });
  const { signal } = stoppedByPeople(request, opened);
  const deps = { config, databaseUrl: opened.url, say, signal };
  try {
    if (request.command === "load") {
      const { dataFolder } = config;
      return await load({ ...deps, dataFolder, clock: () => new Date() }, request.size);
    }
    const { json, compare: earlier } = request.options;
    // Read first: a name mistyped should not cost a whole run.
    const before = earlier === undefined ? null : await readReport(earlier);
    const report = await run(deps, request.options);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    for (const fault of faultsOf(report)) {
      say(fault);
      process.exitCode = 1;
    }
    if (before) compare(before, report);
  } finally {
    await opened.close();
  }
}

/** A run ends as it would, with all it started; of a load that is cut off nothing stays. */
function stoppedByPeople(request: Request, opened: OpenDatabase): AbortController {
  const controller = new AbortController();
  const stop = () => {
    process.exitCode = 130;
    if (request.command === "run") controller.abort(new WrongSetting("The run was stopped."));
    else void opened.close().finally(() => process.exit());
  };
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, stop);
  return controller;
}

function compare(earlier: Report, later: Report): void {
  for (const line of comparisonTable(earlier, later)) say(line);
  if (compareReports(earlier, later).some(({ verdict }) => verdict !== "PASS"))
    process.exitCode = 1;
}

async function readReport(file: string): Promise<Report> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    throw new WrongSetting(`${file} is not a file that "run --json" wrote.`);
  }
}

const request = readCommandLine(process.argv.slice(2));
if (request === null) {
  say(usage);
  process.exitCode = 2;
} else {
  await runCommand(() => answer(request));
}

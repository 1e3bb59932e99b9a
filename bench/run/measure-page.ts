import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type ServerProcess, startOwnServer } from "./child-process.ts";
import type { Exchange, Page } from "./exchange.ts";
import type { FloorAnswer, FloorTask } from "./floor-server.ts";
import { measure } from "./measure.ts";
import { ofThePage, type Recorder, type Recording } from "./record-queries.ts";
import type { Figures, PageReport } from "./report.ts";

export interface MeasureDeps {
  databaseUrl: string;
  storageFolder: string;
  site: ServerProcess;
  recorder: Recorder;
  postmaster: number | null;
  seconds: number;
  signal: AbortSignal;
}

/** A page that does not answer as it should, before any load. */
export class WrongAnswer extends Error {}

/** The floor first and the page right after it, as the machine may be slower a minute later. */
export async function measurePage(deps: MeasureDeps, page: Page): Promise<PageReport> {
  const recordings = await recordPage(deps.recorder, page);
  const floor = page.floor === "none" ? null : await measureFloor(deps, page, recordings);
  const { pid, origin } = deps.site;
  const figures = await measure({ ...deps, ...page, pid, origin });
  const all = [...recordings.values()];
  const most = (count: (recording: Recording) => number) => Math.max(...all.map(count));
  return {
    name: page.name,
    ...figures,
    bytes: most(({ body }) => body.length),
    queries: most(({ queries }) => queries.length),
    floorQueries: most(({ queries }) => ofThePage(queries).length),
    floor,
  };
}

/** By what the site must answer differently to: the same for all strangers. */
type Recordings = Map<string, Recording & { path: string }>;

const keyOf = ({ method, path, headers }: Exchange) => `${method} ${path} ${headers["cookie"]}`;

/** Asks for everything twice: what the site does not ask again once it is warm, no load makes it ask. */
async function recordPage(recorder: Recorder, page: Page): Promise<Recordings> {
  const recordings: Recordings = new Map();
  const exchanges = new Map<string, Exchange>();
  for (let connection = 0; connection < page.connections; connection += 1)
    for (const exchange of page.turns(connection)) exchanges.set(keyOf(exchange), exchange);
  // Each save is another, and a picture saved twice is no work for the second time.
  const asked = page.floor === "none" ? [...exchanges].slice(0, 1) : [...exchanges, ...exchanges];
  for (const [key, exchange] of asked) {
    const { path } = exchange;
    const recording = await recorder.record(exchange);
    if (recording.status !== page.status)
      throw new WrongAnswer(`${path} answers ${recording.status}`);
    recordings.set(key, { ...recording, path });
  }
  return recordings;
}

async function measureFloor(
  deps: MeasureDeps,
  page: Page,
  recordings: Recordings,
): Promise<Figures> {
  const keys = [...recordings.keys()];
  const answers = [...recordings.values()].map((recording) => floorAnswer(deps, page, recording));
  const task: FloorTask = { databaseUrl: deps.databaseUrl, answers: await Promise.all(answers) };
  const { pid, origin, stop } = await startOwnServer("./floor-server.ts", task);
  const turns = (connection: number) =>
    page.turns(connection).map((exchange) => ({
      ...exchange,
      path: `/${keys.indexOf(keyOf(exchange))}`,
    }));
  try {
    return await measure({ ...deps, ...page, turns, pid, origin });
  } finally {
    await stop();
  }
}

async function floorAnswer(
  { storageFolder }: MeasureDeps,
  page: Page,
  { path, status, contentType, body, queries }: Recording & { path: string },
): Promise<FloorAnswer> {
  if (page.floor !== "file")
    return { status, contentType, body: { bytes: body }, queries: ofThePage(queries) };
  const file = join(storageFolder, path.replace(/^\/media\//, ""));
  return { status, contentType, body: { file, size: (await stat(file)).size }, queries: [] };
}

import cluster from "node:cluster";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "#app";
import { say } from "#command";
import { type Config, readConfig, WrongSetting } from "#config";
import { createDependencies } from "#dependencies";
import { DataFolderInUse, openDatabaseUrl } from "#platform/database.ts";
import { createLogger, type Logger } from "#platform/logger.ts";
import { migrate } from "#platform/migrations.ts";
import { seed } from "#prisma/seed.ts";
import { startWorker } from "./worker.ts";

/** Requests and jobs get this long to finish after SIGTERM. */
const graceMilliseconds = 10_000;
/** How long a load balancer has to notice that readiness is 503 before connections are refused. */
const noticeMilliseconds = 1000;

/** What to undo, newest first, when the server stops or fails to start. */
type Undo = (() => Promise<void>)[];

interface Running {
  undo: Undo;
  isStopping: boolean;
}

async function start(): Promise<void> {
  let logger = createLogger("info");
  const running: Running = { undo: [], isStopping: false };
  try {
    const config = readConfig();
    logger = createLogger(config.logLevel);
    stopOnSignals(running, logger);
    if (cluster.isWorker) await serve(config, config.databaseUrl ?? "", logger, running);
    else await startAll(config, logger, running);
  } catch (error) {
    const expected = error instanceof WrongSetting || error instanceof DataFolderInUse;
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    if (!expected) logger.error({ err: error }, "the start failed");
    await stop(running, logger, 1);
  }
}

async function startAll(config: Config, logger: Logger, running: Running): Promise<void> {
  const opened = await openDatabaseUrl(config);
  running.undo.push(opened.close);
  await migrate(opened.url);
  if (config.webProcesses === 1) {
    const port = await serve(config, opened.url, logger, running, { withJobs: true });
    announce(config, port);
    return;
  }
  const deps = await createDependencies(config, { databaseUrl: opened.url, logger });
  running.undo.push(deps.close);
  await seed(deps, say);
  await startWorker(deps);
  announce(config, await forkWebProcesses(config, opened.url, logger, running));
}

const announce = (config: Config, port: number): void =>
  say(`Magpie is at ${config.baseUrlFollowsPort ? `http://localhost:${port}` : config.baseUrl}`);

/** Answers requests in this process; answers the port it listens on. */
async function serve(
  config: Config,
  databaseUrl: string,
  logger: Logger,
  running: Running,
  { withJobs = false } = {},
): Promise<number> {
  const deps = await createDependencies(config, { databaseUrl, logger });
  running.undo.push(deps.close);
  if (withJobs) {
    await seed(deps, say);
    await startWorker(deps);
  }
  const server = createServer(createApp(deps, { isStopping: () => running.isStopping }));
  running.undo.push(() => closeServer(server));
  await listen(server, config.port, config.host);
  return (server.address() as AddressInfo).port;
}

/** The first process keeps the database and the jobs, the others share the port. */
function forkWebProcesses(
  config: Config,
  databaseUrl: string,
  logger: Logger,
  running: Running,
): Promise<number> {
  const fork = () => cluster.fork({ DATABASE_URL: databaseUrl, DATA_DIR: config.dataFolder });
  return new Promise((resolve, reject) => {
    let listening = 0;
    cluster.on("listening", (_worker, { port }) => {
      listening += 1;
      if (listening === config.webProcesses) resolve(port);
    });
    cluster.on("exit", (worker, code, signal) => {
      if (running.isStopping) return;
      if (listening < config.webProcesses)
        return reject(new Error("A web process failed to start."));
      logger.error(
        { pid: worker.process.pid, code, signal },
        "a web process died; another takes its place",
      );
      fork();
    });
    running.undo.push(stopWebProcesses);
    for (let count = 0; count < config.webProcesses; count += 1) fork();
  });
}

async function stopWebProcesses(): Promise<void> {
  const workers = Object.values(cluster.workers ?? {});
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve) => {
          if (!worker || worker.isDead()) return resolve();
          worker.once("exit", () => resolve());
          worker.process.kill("SIGTERM");
        }),
    ),
  );
}

function stopOnSignals(running: Running, logger: Logger): void {
  process.once("SIGTERM", () => void stop(running, logger, 0));
  process.once("SIGINT", () => void stop(running, logger, 0));
}

async function stop(running: Running, logger: Logger, code: number): Promise<void> {
  if (running.isStopping) return;
  running.isStopping = true;
  // Whatever hangs, this ends; the database recovers from being left.
  setTimeout(() => process.exit(code), graceMilliseconds + 2 * noticeMilliseconds).unref();
  for (const step of running.undo.toReversed()) {
    await step().catch((error) => logger.error({ err: error }, "stopping"));
  }
  process.exit(code);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is taken; set PORT to another.`, { cause: error })
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** Lets running requests finish; idle connections are closed at once, slow ones at the end. */
async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, noticeMilliseconds));
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), graceMilliseconds - noticeMilliseconds).unref();
  });
}

await start();

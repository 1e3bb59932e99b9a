import cluster from "node:cluster";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "#app";
import { say } from "#command";
import { type Config, readConfig } from "#config";
import { createDependencies } from "#dependencies";
import { openDatabaseUrl } from "#platform/database.ts";
import { createLogger } from "#platform/logger.ts";
import { migrate } from "#platform/migrations.ts";
import { seed } from "#prisma/seed.ts";
import {
  finishMilliseconds,
  type Lifecycle,
  runUntilStopped,
  unlessStopping,
} from "./lifecycle.ts";
import { startWorker } from "./worker.ts";

/** How long a load balancer has to notice that readiness is 503 before connections are refused. */
const noticeMilliseconds = 1000;
/** One that dies right at its start must not be started in a hot loop. */
const forkAgainMilliseconds = 1000;

async function startAll(given: Config, lifecycle: Lifecycle): Promise<void> {
  const config = await choosePort(given);
  const { undo, stopping, logger } = lifecycle;
  const opened = await openDatabaseUrl(config);
  undo.push(opened.close);
  stopping.throwIfAborted();
  await migrate(opened.url);
  stopping.throwIfAborted();
  if (config.webProcesses === 1) {
    await serve(config, opened.url, lifecycle, { withJobs: true });
    announce(config);
    return;
  }
  const deps = await createDependencies(config, { databaseUrl: opened.url, logger });
  undo.push(deps.close);
  await unlessStopping(stopping, () => seed(deps, say));
  await startWorker(deps);
  undo.push(() => Promise.all([stopWebProcesses(), deps.jobs.stop()]));
  const forked = () => forkWebProcesses(config, opened.url, lifecycle);
  await unlessStopping(stopping, forked);
  announce(config);
}

const announce = ({ baseUrl }: Config): void => say(`Magpie is at ${baseUrl}`);

/**
 * With PORT=0 the system chooses one, here and not when the site listens: mails and the bookmarklet
 * name the address, and web processes share it.
 */
async function choosePort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const server = createServer();
  await listen(server, 0, config.host);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return {
    ...config,
    port,
    ...(config.baseUrlFollowsPort && { baseUrl: `http://localhost:${port}` }),
  };
}

/** Answers requests in this process. */
async function serve(
  config: Config,
  databaseUrl: string,
  { undo, stopping, logger }: Lifecycle,
  { withJobs = false } = {},
): Promise<void> {
  const deps = await createDependencies(config, { databaseUrl, logger, supervise: withJobs });
  undo.push(deps.close);
  if (withJobs) {
    await unlessStopping(stopping, () => seed(deps, say));
    await startWorker(deps);
  }
  stopping.throwIfAborted();
  const server = createServer(createApp(deps, { isStopping: () => stopping.aborted }));
  undo.push(() => Promise.all([closeServer(server), deps.jobs.stop()]));
  await listen(server, config.port, config.host);
}

/** The first process keeps the database and the jobs, the others share the port. */
function forkWebProcesses(
  config: Config,
  databaseUrl: string,
  { stopping, logger }: Lifecycle,
): Promise<void> {
  const fork = () =>
    cluster.fork({
      DATABASE_URL: databaseUrl,
      DATA_DIR: config.dataFolder,
      PORT: String(config.port),
    });
  return new Promise((resolve, reject) => {
    let listening = 0;
    cluster.on("listening", () => {
      listening += 1;
      if (listening === config.webProcesses) resolve();
    });
    cluster.on("exit", (worker, code, signal) => {
      if (stopping.aborted) return;
      if (listening < config.webProcesses)
        return reject(new Error("A web process failed to start."));
      logger.error(
        { pid: worker.process.pid, code, signal },
        "a web process died; another takes its place",
      );
      setTimeout(() => stopping.aborted || fork(), forkAgainMilliseconds);
    });
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

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === "EADDRINUSE"
            ? `Port ${port} is taken; set PORT to another.`
            : `The settings HOST and PORT name an address that cannot be listened on: ${host}, ${port} (${error.code}).`,
          { cause: error },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** Lets running requests finish; idle connections are closed at once, slow ones at the end. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), finishMilliseconds);
  await new Promise((resolve) => setTimeout(resolve, noticeMilliseconds));
  // A connection whose last answer is given turns idle later.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 200);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(closeIdle);
  clearTimeout(cut);
}

await runUntilStopped(async (lifecycle) => {
  const config = readConfig();
  lifecycle.logger = createLogger(config.logLevel);
  if (cluster.isWorker) await serve(config, config.databaseUrl ?? "", lifecycle);
  else await startAll(config, lifecycle);
});

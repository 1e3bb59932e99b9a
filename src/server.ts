import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "#app";
import { readConfig, WrongSetting } from "#config";
import { createDependencies } from "#dependencies";
import { DataFolderInUse, openDatabaseUrl } from "#platform/database.ts";
import { createLogger } from "#platform/logger.ts";
import { migrate } from "#platform/migrations.ts";
import { seed } from "#prisma/seed.ts";
import { startWorker } from "./worker.ts";

/** Requests and jobs get this long to finish after SIGTERM. */
const graceMilliseconds = 10_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function start(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const opened = await openDatabaseUrl(config);
  const stopping: (() => Promise<void>)[] = [opened.close];
  let isStopping = false;

  const stop = async (code: number) => {
    if (isStopping) return;
    isStopping = true;
    // Whatever hangs, this ends; the database recovers from being left.
    setTimeout(() => process.exit(code), graceMilliseconds + 2000).unref();
    for (const step of stopping.reverse()) {
      await step().catch((error) => logger.error({ err: error }, "stopping"));
    }
    process.exit(code);
  };
  process.once("SIGTERM", () => void stop(0));
  process.once("SIGINT", () => void stop(0));

  try {
    await migrate(opened.url);
    const deps = await createDependencies(config, { databaseUrl: opened.url, logger });
    stopping.push(deps.close);
    await seed(deps, say);
    await startWorker(deps);

    const server = createServer(createApp(deps, { isStopping: () => isStopping }));
    stopping.push(() => closeServer(server));
    await listen(server, config.port, config.host);
    const { port } = server.address() as AddressInfo;
    say(`Magpie is at ${config.baseUrlFollowsPort ? `http://localhost:${port}` : config.baseUrl}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    logger.debug({ err: error }, "start failed");
    await stop(1);
  }
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
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), graceMilliseconds).unref();
  });
}

start().catch((error) => {
  const expected = error instanceof WrongSetting || error instanceof DataFolderInUse;
  process.stderr.write(`${expected ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
});

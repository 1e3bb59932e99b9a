import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, inject, test } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    redisBinary: string | null;
  }
}

/** A real Redis on loopback that keeps nothing on disk, and that a test may do anything to. */
export interface RedisServer {
  /** For REDIS_URL; the same after it was stopped and started again. */
  readonly url: string;
  /** The same server by its Unix socket. */
  readonly socketUrl: string;
  /** Starts it, empty; after `stop` on the same port. */
  start(): Promise<void>;
  /** Killed as in a crash, unless told otherwise. */
  stop(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Leaves it accepting connections and answering nothing, until `resume`. */
  pause(): void;
  resume(): void;
  flush(): Promise<void>;
  /** Sends one command, with whole keys: nothing is prefixed here. */
  ask(command: string, ...values: (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Found once for the whole run, which says so when there is none. */
const binary = inject("redisBinary");

/**
 * A suite with a Redis of its own, started before its tests. Without a redis-server it is skipped,
 * except in CI, where it fails.
 * @param settings more of redis-server's own, as on its command line
 */
export function describeWithRedis(
  name: string,
  body: (redis: RedisServer) => void,
  settings: string[] = [],
): void {
  if (binary) {
    describe(name, () => {
      const redis = createRedisServer(settings);
      beforeAll(() => redis.start());
      afterAll(() => redis.close());
      body(redis);
    });
  } else if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error("No redis-server was found, and CI=true asks for one.");
    });
  } else {
    describe.skip(name, () => test("needs a redis-server", () => {}));
  }
}

function createRedisServer(settings: string[]): RedisServer {
  const folder = mkdtempSync(join(tmpdir(), "magpie-redis-"));
  const socket = join(folder, "redis.sock");
  let port = 0;
  let child: ChildProcess | undefined;
  const kill = () => child?.kill("SIGKILL");

  const server: RedisServer = {
    get url() {
      if (port === 0) throw new Error("The Redis of this suite has not been started yet.");
      return `redis://127.0.0.1:${port}`;
    },
    socketUrl: `unix://${socket}`,
    start: async () => {
      port ||= await freePort();
      const options = `--bind 127.0.0.1 --port ${port} --save  --appendonly no`.split(" ");
      child = spawn(
        binary ?? "",
        [...options, "--dir", folder, "--unixsocket", socket, ...settings],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      process.once("exit", kill);
      await accepting(child);
    },
    stop: async (signal = "SIGKILL") => {
      process.off("exit", kill);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      child.kill(signal);
      child.kill("SIGCONT");
      await exit;
    },
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    flush: async () => void (await server.ask("flushall")),
    ask: async (command, ...values) => {
      const client = new Redis(socket, { retryStrategy: null });
      try {
        return await client.call(command, ...values);
      } finally {
        client.disconnect();
      }
    },
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}

function accepting(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += chunk;
      if (/ready to accept connections/i.test(said)) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`redis-server did not start:\n${said}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

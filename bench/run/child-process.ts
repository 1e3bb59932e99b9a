import { type ChildProcess, fork, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

// Servers in processes of their own, so that each has its own processor time and memory.

const root = fileURLToPath(new URL("../..", import.meta.url));
const startMilliseconds = 60_000;
/** The site itself takes at most ten seconds to stop. */
const stopMilliseconds = 12_000;

export interface ServerProcess {
  pid: number;
  origin: string;
  stop(): Promise<void>;
}

/** The real site, as it runs in production. */
export async function startSite(settings: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ["src/server.ts"], {
    cwd: root,
    env: { ...settings, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const server = served(child, `http://127.0.0.1:${port}`);
  await started(child, (resolve) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      // After its one line the site only warns, which is for people to see.
      if (said.includes("Magpie is at")) process.stderr.write(chunk);
      else said += chunk;
      if (said.includes("Magpie is at")) resolve(undefined);
    });
  }).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return server;
}

/** A server of the bench's own: told what to do, it answers the port it listens on. */
export async function startOwnServer(file: string, task: unknown): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const port = await started<number>(child, (resolve) => {
    child.once("message", (message) => resolve(message as number));
    child.send(task as never);
  }).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  return served(child, `http://127.0.0.1:${port}`);
}

function started<T>(child: ChildProcess, listen: (resolve: (value: T) => void) => void) {
  return new Promise<T>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error("A server of the bench did not start in time.")),
      startMilliseconds,
    );
    child.once("exit", (code) => reject(new Error(`A server of the bench ended with ${code}.`)));
    child.once("error", reject);
    listen(resolve);
    child.once("exit", () => clearTimeout(late));
    late.unref();
  });
}

const running = new Set<ChildProcess>();
// Whatever ends the bench, nothing it started outlives it.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

function served(child: ChildProcess, origin: string): ServerProcess {
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void ended.then(() => running.delete(child));
  return {
    pid: child.pid ?? 0,
    origin,
    stop: async () => {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), stopMilliseconds);
      await ended;
      clearTimeout(kill);
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

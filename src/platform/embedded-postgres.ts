import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import pg from "pg";
import {
  type Cluster,
  isRunning,
  nameOf,
  openCluster,
  runAsOwner,
} from "#platform/postgres-cluster.ts";

// A PostgreSQL of our own from npm packages. It listens on loopback only and asks for a
// generated password, so other people of the machine and pages in a browser cannot use it.
// pg_ctl puts it in a session of its own: Ctrl-C reaches us first and requests can finish.

const superuser = "magpie";
const database = "magpie";

export interface EmbeddedPostgres {
  url: string;
  stop(): Promise<void>;
}

/** PostgreSQL writes little; this much tells more than anyone reads. */
const mostLogBytes = 10 * 2 ** 20;

/**
 * Starts the cluster in `folder`, making it first when there is none; one that a killed
 * process left running is stopped and started anew. Hold the folder's lock before.
 */
export async function startEmbeddedPostgres(options: {
  folder: string;
  password: string;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.folder, options.password);
  if (!existsSync(join(cluster.folder, "PG_VERSION"))) await initialise(cluster);
  else await stopOrphan(cluster);

  const port = await freePort();
  const url = urlOf(cluster.password, port);
  try {
    await start(cluster, port, options.settings ?? {});
    await createDatabase(url);
  } catch (error) {
    // It may have started all the same, as when only the wait for it was cut off.
    if (existsSync(join(cluster.folder, "postmaster.pid"))) await stop(cluster).catch(() => {});
    throw error;
  }
  const guard = guardCluster(cluster, () => start(cluster, port, options.settings ?? {}));
  return {
    url,
    stop: async () => {
      await guard.end();
      await stop(cluster);
    },
  };
}

/** Starts PostgreSQL again, on the port everyone knows, after it was killed: by hand, or for memory. */
function guardCluster(cluster: Cluster, restart: () => Promise<void>) {
  let working: Promise<void> = Promise.resolve();
  const look = async () => {
    if (await isRunning(cluster)) return;
    await stopOrphan(cluster);
    await restart();
  };
  const timer = setInterval(() => {
    working = working.then(look).catch(() => {});
  }, 3000).unref();
  return {
    end: () => {
      clearInterval(timer);
      return working;
    },
  };
}

/** The address of a cluster that another process runs, or null when none runs. */
export async function findRunningPostgres(
  folder: string,
  password: string,
): Promise<string | null> {
  const lines = await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "");
  const port = Number(lines.split("\n")[3]);
  if (!(port > 0 && port < 65_536)) return null;
  const url = urlOf(password, port);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    return url;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}

const urlOf = (password: string, port: number) =>
  `postgresql://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

async function initialise(cluster: Cluster): Promise<void> {
  // A cluster that is damaged or half restored is someone's data.
  if ((await readdir(cluster.folder)).length > 0) {
    throw new Error(
      `The folder ${cluster.folder} has files but no PG_VERSION, so it is not a whole PostgreSQL cluster; restore it from a backup, or empty it to begin anew.`,
    );
  }
  for (const file of Object.values(cluster.bin)) {
    if (typeof file === "string") await chmod(file, 0o755).catch(() => {});
  }
  // Not on the command line, where every user of the machine could read it.
  const passwordFile = join(tmpdir(), `magpie-${randomUUID()}`);
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600, flag: "wx" });
  if (cluster.identity) await chown(passwordFile, cluster.identity.uid, cluster.identity.gid);
  // Made beside its place and moved there whole, so that a first start that is cut off leaves no half
  // cluster. Each try has a name of its own: an initdb that outlived its server clears up after itself.
  const parent = dirname(cluster.folder);
  const prefix = `${basename(cluster.folder)}.new-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true }).catch(() => {});
  }
  const fresh = join(parent, `${prefix}${randomUUID().slice(0, 8)}`);
  await mkdir(fresh, { mode: 0o700 });
  if (cluster.identity) await chown(fresh, cluster.identity.uid, cluster.identity.gid);
  const args = [
    `--pgdata=${fresh}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The builtin provider sorts the same on every machine and needs no locale installed.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
  ];
  try {
    await runAsOwner(cluster, cluster.bin.initdb, args);
    await rmdir(cluster.folder);
    await rename(fresh, cluster.folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

/**
 * A server that died without stopping its database leaves it running, or leaves its pid file. Its lock
 * on the folder is free, so that it is dead, here or in another container; with a container dies all
 * that ran in it, so a database that still runs can be seen from here.
 */
async function stopOrphan(cluster: Cluster): Promise<void> {
  if (await isRunning(cluster)) return stop(cluster);
  await rm(join(cluster.folder, "postmaster.pid"), { force: true });
}

async function start(
  cluster: Cluster,
  port: number,
  settings: Record<string, string>,
): Promise<void> {
  const all = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "128MB",
    log_checkpoints: "off",
    // Otherwise the zone of the machine that made the cluster.
    timezone: "UTC",
    log_timezone: "UTC",
    cluster_name: nameOf(cluster),
    ...settings,
  };
  const flags = Object.entries(all).map(
    ([name, value]) => `-c ${name}=${value === "" ? "''" : value}`,
  );
  await limitLog(join(cluster.folder, "server.log"));
  // No path among these: pg_ctl hands them to a shell.
  const args = ["start", "-w", "-t", "60", "-l", "server.log", "-o", flags.join(" ")];
  await runAsOwner(cluster, cluster.bin.pg_ctl, args);
}

/** Keeps one old log; only a start can, as PostgreSQL has the file open from then on. */
async function limitLog(file: string): Promise<void> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size > mostLogBytes) await rename(file, `${file}.old`);
}

const stop = (cluster: Cluster) =>
  runAsOwner(cluster, cluster.bin.pg_ctl, ["stop", "-w", "-m", "fast", "-D", cluster.folder]);

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/[^/]*$/, "postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [
      database,
    ]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

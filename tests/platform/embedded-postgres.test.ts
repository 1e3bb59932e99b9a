import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { DataFolderInUse, openDatabaseUrl } from "#platform/database.ts";
import {
  type EmbeddedPostgres,
  findRunningPostgres,
  startEmbeddedPostgres,
} from "#platform/embedded-postgres.ts";
import { lockFolder } from "#platform/folder-lock.ts";

const password = `odd ' " \\ $HOME \`x\` @:/?#%41 ;&|`;
let base: string;
let folder: string;
let odd: string;
let running: EmbeddedPostgres[] = [];

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "magpie-embedded-"));
  // Root runs PostgreSQL as another user, who must be able to enter.
  chmodSync(base, 0o755);
  folder = join(base, "postgres");
  odd = join(base, 'it\'s my $HOME `data` & "more" é');
});
afterEach(async () => {
  for (const postgres of running) await postgres.stop().catch(() => {});
  running = [];
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function start(where = folder): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    folder: where,
    password,
    settings: { fsync: "off" },
  });
  running.push(postgres);
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

/** A process that starts the cluster, says its address, and kills itself. */
function startInChild(where: string) {
  const script = `
    const { startEmbeddedPostgres } = await import("#platform/embedded-postgres.ts");
    const { url } = await startEmbeddedPostgres(JSON.parse(process.env.OPTIONS));
    process.stdout.write(url, () => process.kill(process.pid, "SIGKILL"));`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, OPTIONS: JSON.stringify({ folder: where, password }) },
  });
}

const pidFile = (where = folder) => join(where, "postmaster.pid");
const pidIn = (where = folder) => Number.parseInt(readFileSync(pidFile(where), "utf8"), 10);
const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("an embedded PostgreSQL", () => {
  test("starts in an empty folder, listens here only, asks for its password, and keeps what it is told", async () => {
    vi.stubEnv("TZ", "Asia/Tokyo");
    const first = await start();
    vi.unstubAllEnvs();
    expect(await query(first.url, "show timezone")).toEqual(["UTC"]);
    expect(await query(first.url, "show log_timezone")).toEqual(["UTC"]);
    expect(new URL(first.url).hostname).toBe("127.0.0.1");
    expect(await query(first.url, "show listen_addresses")).toEqual(["127.0.0.1"]);
    expect(await query(first.url, "show unix_socket_directories")).toEqual([""]);
    expect(await query(first.url, "show server_encoding")).toEqual(["UTF8"]);
    const url = new URL(first.url);
    url.password = "wrong";
    await expect(query(url.href, "select 1")).rejects.toThrow(/password authentication failed/);
    await query(first.url, "create table kept as select 42 as answer");
    await first.stop();
    await expect(query(first.url, "select 1")).rejects.toThrow(/ECONNREFUSED/);
    expect(await query((await start()).url, "select answer from kept")).toEqual([42]);
  });

  test("is taken over from a process that was killed, whatever it called the folder", async () => {
    const link = join(base, "link");
    symlinkSync(folder, link);
    const child = startInChild(link);
    let url = "";
    child.stdout.on("data", (chunk) => {
      url += chunk;
    });
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");
    await query(url, "insert into kept values (43)");
    const next = await start();
    expect(await query(next.url, "select answer from kept order by 1")).toEqual([42, 43]);
    await expect(query(url, "select 1")).rejects.toThrow();
  });

  test("recovers when it was killed itself", async () => {
    const first = await start();
    await query(first.url, "insert into kept values (44)");
    const pid = pidIn();
    process.kill(pid, "SIGKILL");
    await until(() => !isRunning(pid));
    const next = await start();
    expect(await query(next.url, "select max(answer) from kept")).toEqual([44]);
  });

  test("starts in a folder with an odd name, anew when its first start was cut off", async () => {
    const newFolders = () => readdirSync(base).filter((name) => name.includes(".new-"));
    const child = startInChild(odd);
    await until(() => newFolders().some((name) => existsSync(join(base, name, "PG_VERSION"))));
    child.kill("SIGKILL");
    expect(await query((await start(odd)).url, "select 1")).toEqual([1]);
  });
});

describe("what it finds in its folder", () => {
  test("stays there, when it is not a whole cluster", async () => {
    const half = join(base, "half");
    mkdirSync(join(half, "base"), { recursive: true });
    writeFileSync(join(half, "base", "data"), "precious");
    await expect(start(half)).rejects.toThrow(`The folder ${half} has files but no PG_VERSION`);
    expect(readFileSync(join(half, "base", "data"), "utf8")).toBe("precious");
  });

  test("is a log that does not grow for ever", async () => {
    const log = join(folder, "server.log");
    for (const _again of [1, 2]) {
      truncateSync(log, 11 * 2 ** 20);
      await (await start()).stop();
      expect(statSync(log).size).toBeLessThan(10_000);
      expect(statSync(`${log}.old`).size).toBe(11 * 2 ** 20);
    }
  });
});

describe("a pid file that is left over", () => {
  const leftOver = (pid: number) =>
    writeFileSync(pidFile(), `${pid}\n${folder}\n1\n5432\n\n127.0.0.1\n`);

  test.each([
    ["names nobody", "999999999"],
    ["is empty", ""],
    ["is damaged", "not a number\n\0"],
    ["names no process but all of them", "-1\n"],
  ])("and %s is no obstacle", async (_what, content) => {
    writeFileSync(pidFile(), content);
    expect(await query((await start()).url, "select 1")).toEqual([1]);
  });

  test("does no harm to a stranger who has that pid now", async () => {
    const stranger = spawn("sleep", ["60"]);
    leftOver(stranger.pid ?? 0);
    expect(await query((await start()).url, "select 1")).toEqual([1]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
    await once(stranger, "exit");
  });

  test("does no harm to another PostgreSQL that has that pid now", async () => {
    const other = await start(odd);
    const pid = pidIn(odd);
    leftOver(pid);
    expect(await query((await start()).url, "select 1")).toEqual([1]);
    expect(isRunning(pid)).toBe(true);
    expect(await query(other.url, "select 1")).toEqual([1]);
  });
});

describe("finding one that runs", () => {
  test("answers its address with the right password, and nothing otherwise", async () => {
    expect(await findRunningPostgres(folder, password)).toBeNull();
    const { url } = await start();
    const found = await findRunningPostgres(folder, password);
    expect(found).toBe(url);
    expect(await findRunningPostgres(folder, "wrong")).toBeNull();
    expect(await findRunningPostgres(join(base, "nowhere"), password)).toBeNull();
    const damaged = join(base, "damaged");
    mkdirSync(damaged);
    for (const content of ["", "1\n", "1\n2\n3\nport\n", "1\n2\n3\n99999\n", "1\n2\n3\n1\n"]) {
      writeFileSync(pidFile(damaged), content);
      expect(await findRunningPostgres(damaged, password)).toBeNull();
    }
  });
});

describe("a data folder", () => {
  test("belongs to one server at a time; commands may join it", async () => {
    const options = { databaseUrl: undefined, dataFolder: join(base, "data") };
    mkdirSync(options.dataFolder, { mode: 0o755 });
    const first = await openDatabaseUrl(options);
    expect(first.embedded).toBe(true);
    const second = openDatabaseUrl(options);
    await expect(second).rejects.toThrow(DataFolderInUse);
    await expect(second).rejects.toThrow(
      `Another Magpie is running on ${options.dataFolder}; stop it, or set DATA_DIR to another folder.`,
    );
    const joined = await openDatabaseUrl(options, { share: true });
    expect(joined).toMatchObject({ url: first.url, embedded: true });
    await joined.close();
    expect(await query(first.url, "select 1")).toEqual([1]);
    await first.close();
    await expect(query(first.url, "select 1")).rejects.toThrow();
    await (await openDatabaseUrl(options)).close();
  });

  test("is locked by its place, however it is written, until the lock is released", async () => {
    const place = join(base, "locked");
    mkdirSync(place);
    const lock = await lockFolder(place);
    expect(await lockFolder(`${place}/../locked/`)).toBeNull();
    await lock?.release();
    const again = await lockFolder(place);
    expect(again).not.toBeNull();
    await again?.release();
    expect(readdirSync(place)).toEqual([]);
  });

  test("is locked by one of several at once", async () => {
    const place = join(base, "wanted");
    mkdirSync(place);
    for (let round = 0; round < 3; round += 1) {
      const locks = await Promise.all([lockFolder(place), lockFolder(place)]);
      expect(locks.filter((lock) => lock !== null)).toHaveLength(1);
      await Promise.all(locks.map((lock) => lock?.release()));
    }
  });

  test.each([
    ["short", "killed"],
    ["long", "l".repeat(200)],
  ])(
    "is locked inside itself, until its owner is killed, also where its name is %s",
    async (_what, name) => {
      const place = join(base, name);
      mkdirSync(place);
      const script = `
      const { lockFolder } = await import("#platform/folder-lock.ts");
      await lockFolder(process.env.PLACE);
      process.stdout.write("locked");
      setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        env: { ...process.env, PLACE: place },
      });
      await once(child.stdout, "data");
      expect(readdirSync(place)).toEqual([expect.stringMatching(/^server\.\w{8}\.sock$/)]);
      expect(await lockFolder(place)).toBeNull();
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(readdirSync(place)).toHaveLength(1);
      const next = await lockFolder(place);
      expect(next).not.toBeNull();
      expect(readdirSync(place)).toHaveLength(1);
      expect(await lockFolder(place)).toBeNull();
      await next?.release();
    },
  );
});

test("PostgreSQL killed under a running server is started again at the same address", async () => {
  const { url } = await start();
  process.kill(pidIn(), "SIGKILL");
  await vi.waitFor(async () => expect(await query(url, "select 1")).toEqual([1]), {
    timeout: 20_000,
    interval: 500,
  });
});

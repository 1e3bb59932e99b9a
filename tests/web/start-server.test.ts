import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { mailFiles, readMail } from "#tests/support/mails.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

// Whole servers start here, and share their processors with whatever else is tested.
vi.setConfig({ testTimeout: 90_000 });

let base: string;
const children = new Set<ChildProcess>();

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "magpie-start-"));
  // Root runs PostgreSQL as another user, who must be able to enter.
  chmodSync(base, 0o755);
});
afterEach(async () => {
  for (const child of children) {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  children.clear();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Started {
  child: ChildProcess;
  /** The address it says it is at, or null when it ended before. */
  origin: string | null;
  stdout(): string;
  stderr(): string;
  exit: Promise<number | string>;
}

/** Runs the server as `npm start` does, until it says where it is or ends. */
async function start(settings: Record<string, string>): Promise<Started> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["src/server.ts"], {
    env: { PATH, HOME, PORT: "0", SEED_DEMO: "false", LOG_LEVEL: "silent", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const exit = once(child, "exit").then(([code, signal]) => code ?? signal);
  const origin = await new Promise<string | null>((resolve) => {
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      const [, address] = /^Magpie is at (\S+)$/m.exec(stdout) ?? [];
      if (address) resolve(address);
    });
    void exit.then(() => resolve(null));
  });
  return { child, origin, stdout: () => stdout, stderr: () => stderr, exit };
}

const lines = (text: string) => text.split("\n").filter(Boolean);

async function stop({ child, exit }: Started, signal: NodeJS.Signals = "SIGTERM") {
  const before = performance.now();
  child.kill(signal);
  // As from a terminal and from npm: more than one reaches the server.
  setTimeout(() => child.kill(signal), 50);
  return { code: await exit, milliseconds: performance.now() - before };
}

async function signInAs(origin: string, username: string, password: string): Promise<number> {
  return (await createVisitor(origin).post("/login", { username, password })).status;
}

describe("one machine with nothing else installed", () => {
  const settings = () => ({ DATA_DIR: join(base, "data") });
  let password: string;

  test("starts, prints the administrator once and its address, and stops promptly", async () => {
    const server = await start(settings());
    expect(server.stderr()).toBe("");
    const [administrator, address, ...rest] = lines(server.stdout());
    expect(rest).toEqual([]);
    expect(administrator).toMatch(/^Administrator: admin, password: [\w-]{12,}$/);
    expect(address).toMatch(/^Magpie is at http:\/\/localhost:[1-9]\d*$/);
    password = administrator?.split("password: ")[1] ?? "";
    const { origin } = server;
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    expect(await signInAs(origin ?? "", "admin", password)).toBe(303);

    const second = await start(settings());
    expect(await second.exit).toBe(1);
    expect(second.stdout()).toBe("");
    expect(lines(second.stderr())).toEqual([
      expect.stringMatching(/^Another Magpie is running on .*\.$/),
    ]);

    const { code, milliseconds } = await stop(server);
    expect(code).toBe(0);
    // Whatever hangs, it ends itself then.
    expect(milliseconds).toBeLessThan(10_000);
    expect(server.stderr()).toBe("");
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
  });

  test("starts again with its data and without a password, also after it was killed", async () => {
    const server = await start(settings());
    expect(lines(server.stdout())).toEqual([`Magpie is at ${server.origin}`]);
    expect(await signInAs(server.origin ?? "", "admin", password)).toBe(303);
    expect((await stop(server, "SIGKILL")).code).toBe("SIGKILL");

    const next = await start(settings());
    expect(lines(next.stdout())).toEqual([`Magpie is at ${next.origin}`]);
    expect(await signInAs(next.origin ?? "", "admin", password)).toBe(303);
    expect((await stop(next, "SIGINT")).code).toBe(0);
  });
});

test("mails and the bookmarklet name the port that the system chose, also for several processes", async () => {
  const DATA_DIR = join(base, "chosen-port");
  const DATABASE_URL = await cloneDatabase();
  const { origin } = await start({ DATA_DIR, DATABASE_URL, WEB_PROCESSES: "2" });
  const visitor = createVisitor(origin ?? "");
  expect((await visitor.get("/bookmarklet")).text).toContain(origin);
  await visitor.post("/password-reset", { email: "admin@localhost" }, { from: "/password-reset" });
  await expect.poll(() => mailFiles(DATA_DIR), { timeout: 30_000 }).toHaveLength(1);
  const { text } = readMail(readFileSync(mailFiles(DATA_DIR)[0] ?? "", "utf8"));
  expect(text).toContain(`${origin}/password-reset/`);
});

test("a signal while it makes its database ends it, and the database with it", async () => {
  const DATA_DIR = join(base, "early");
  const starting = start({ DATA_DIR });
  const namesIn = () => (existsSync(DATA_DIR) ? readdirSync(DATA_DIR) : []);
  await expect
    .poll(() => namesIn().some((name) => name.startsWith("postgres.new-")), { interval: 20 })
    .toBe(true);
  for (const child of children) child.kill("SIGTERM");
  const server = await starting;
  expect(await server.exit).toBe(0);
  expect(server.stdout() + server.stderr()).toBe("");
  expect(namesIn().filter((name) => name.startsWith("postgres."))).toEqual([]);
  expect(existsSync(join(DATA_DIR, "postgres", "PG_VERSION"))).toBe(true);
  expect(existsSync(join(DATA_DIR, "postgres", "postmaster.pid"))).toBe(false);
});

describe("a database of one's own", () => {
  test("is set up once by two servers that start together", async () => {
    const name = `fresh_${randomUUID().replaceAll("-", "")}`;
    const client = new pg.Client({
      connectionString: inject("templateUrl").replace(/[^/]*$/, "postgres"),
    });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    const DATABASE_URL = inject("templateUrl").replace(/[^/]*$/, name);
    const shared = { DATABASE_URL, DATA_DIR: join(base, "shared"), SESSION_SECRET: "x" };
    const servers = await Promise.all([start(shared), start(shared)]);
    for (const server of servers) {
      expect(server.stderr()).toBe("");
      expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
    }
    const printed = servers.flatMap((server) => lines(server.stdout()));
    expect(printed.filter((line) => line.startsWith("Administrator: admin"))).toHaveLength(1);

    const database = new pg.Client({ connectionString: DATABASE_URL });
    await database.connect();
    const { rows } = await database.query(
      "select migration_name, count(*)::int as count from _prisma_migrations group by 1",
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.count).toBe(1);
    expect((await database.query("select username from users")).rows).toEqual([
      { username: "admin" },
    ]);
    await database.end();
    for (const server of servers) expect((await stop(server)).code).toBe(0);
  });
});

test("a wrong setting stops the start with one sentence that names it", async () => {
  const valid = { DATA_DIR: join(base, "wrong") };
  const wrong: [string, Record<string, string>][] = [
    ["PORT", { PORT: "abc" }],
    ["SESSION_SECRET", { NODE_ENV: "production" }],
    ["FETCH_ALLOW", { FETCH_ALLOW: "foo" }],
    ["SMTP_URL", { SMTP_URL: "x" }],
    ["TRUST_PROXY", { TRUST_PROXY: "foo" }],
    ["DATABASE_URL", { DATABASE_URL: "postgresql://localhost:1/x" }],
  ];
  for (const pair of [wrong.slice(0, 3), wrong.slice(3)]) {
    await Promise.all(
      pair.map(async ([name, settings]) => {
        const server = await start({ ...valid, ...settings });
        expect([name, await server.exit]).toEqual([name, 1]);
        expect(server.stdout()).toBe("");
        expect(lines(server.stderr())).toEqual([
          expect.stringMatching(new RegExp(`^.*\\b${name}\\b.*\\.$`)),
        ]);
      }),
    );
  }
});

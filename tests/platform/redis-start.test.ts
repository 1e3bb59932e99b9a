import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

// Whole servers start here, and share their processors with whatever else is tested.
vi.setConfig({ testTimeout: 90_000 });

describeWithRedis("a server with REDIS_URL", (redis) => {
  let base: string;
  let databaseUrl: string;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "magpie-redis-start-"));
    databaseUrl = await cloneDatabase();
  });
  afterEach(async () => {
    for (const child of children) {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    children.clear();
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  /** Runs the server until it says where it is or ends. */
  async function start(settings: Record<string, string>) {
    const { PATH = "", HOME = "" } = process.env;
    const shared = {
      DATA_DIR: join(base, "data"),
      DATABASE_URL: databaseUrl,
      PORT: "0",
      SEED_DEMO: "false",
      SESSION_SECRET: "x",
    };
    const child = spawn(process.execPath, ["src/server.ts"], {
      env: { PATH, HOME, ...shared, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    const said = { stdout: "", stderr: "" };
    child.stderr.on("data", (chunk) => {
      said.stderr += chunk;
    });
    const exit = once(child, "exit").then(([code]) => code as number | null);
    const origin = await new Promise<string>((resolve) => {
      child.stdout.on("data", (chunk) => {
        said.stdout += chunk;
        const [, address] = /^Magpie is at (\S+)$/m.exec(said.stdout) ?? [];
        if (address) resolve(address);
      });
      void exit.then(() => resolve(""));
    });
    return { child, origin, said, exit };
  }

  test("does not start while Redis does not answer, and says so in one sentence", async () => {
    const silent = { LOG_LEVEL: "silent" };
    redis.pause();
    const [refused, hanging] = await Promise.all([
      start({ ...silent, REDIS_URL: "redis://magpie:hush-hush@127.0.0.1:1/0" }),
      start({ ...silent, REDIS_URL: redis.url }),
    ]);
    redis.resume();
    for (const { exit, said } of [refused, hanging]) {
      expect(await exit).toBe(1);
      expect(said.stdout).not.toContain("Magpie is at");
    }
    const sentence = "The setting REDIS_URL names a Redis that cannot be used:";
    expect(refused.said.stderr).toBe(`${sentence} 127.0.0.1:1 (ECONNREFUSED).\n`);
    const { host } = new URL(redis.url);
    expect(hanging.said.stderr).toBe(`${sentence} ${host} (Command timed out).\n`);
  });

  test("tells its log of an outage once, and never what a session holds", async () => {
    const server = await start({ REDIS_URL: redis.socketUrl, LOG_LEVEL: "info" });
    const statusOf = async (path: string) => (await createVisitor(server.origin).get(path)).status;
    const visitor = createVisitor(server.origin);
    expect((await visitor.get("/login")).status).toBe(200);
    expect(await redis.ask("keys", "magpie:session:*")).toHaveLength(1);

    await redis.ask("replicaof", "127.0.0.1", 1);
    await expect.poll(() => statusOf("/login")).toBe(503);
    await redis.ask("replicaof", "no", "one");
    await expect.poll(() => statusOf("/login")).toBe(200);
    expect(server.said.stdout).toContain("READONLY");
    expect(server.said.stdout).not.toMatch(/magpie:session|csrfToken/);

    server.said.stdout = "";
    await redis.stop();
    await expect.poll(() => server.said.stdout).toContain("Redis is away");
    await expect.poll(() => statusOf("/readyz")).toBe(503);
    // A socket that is not there is no session that is not there.
    expect((await visitor.get("/")).status).toBe(503);
    expect(await statusOf("/")).toBe(200);
    await redis.start();
    await expect.poll(() => statusOf("/login")).toBe(200);
    await expect
      .poll(() => server.said.stdout.match(/Redis is (away|back)/g))
      .toEqual(["Redis is away", "Redis is back"]);
    expect(server.said.stderr).toBe("");
  });

  test.each(["there", "hanging", "gone"])("stops promptly, with Redis %s", async (state) => {
    const server = await start({ REDIS_URL: redis.url, LOG_LEVEL: "silent" });
    if (state === "hanging") redis.pause();
    if (state === "gone") await redis.stop();
    const before = performance.now();
    server.child.kill("SIGTERM");
    expect(await server.exit).toBe(0);
    // Whatever hangs, it ends itself then.
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(server.said.stderr).toBe("");
    redis.resume();
    if (state === "gone") await redis.start();
  });
});

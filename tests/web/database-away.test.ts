import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "#app";
import { readConfig } from "#config";
import { createDependencies, type Dependencies } from "#dependencies";
import {
  createDatabase,
  createPool,
  isDatabaseUnavailable,
  type Transaction,
} from "#platform/database.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { cloneDatabase, startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

/** A way to the database that can be cut, or frozen: it accepts and never answers. */
async function startGate(databaseUrl: string) {
  const { port, hostname } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: "open" | "cut" | "frozen" = "open";
  const server: Server = createServer((inside) => {
    sockets.add(inside);
    inside.once("close", () => sockets.delete(inside)).on("error", () => {});
    if (state === "cut") return inside.destroy();
    if (state === "frozen") return;
    const outside = connect(Number(port), hostname);
    sockets.add(outside);
    outside.once("close", () => sockets.delete(outside)).on("error", () => {});
    inside.pipe(outside).pipe(inside);
    inside.once("close", () => outside.destroy());
    outside.once("close", () => inside.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    open: () => {
      // What was frozen is gone for good, as after a failover.
      if (state === "frozen") destroyAll();
      state = "open";
    },
    cut: () => {
      state = "cut";
      destroyAll();
    },
    freeze: () => {
      state = "frozen";
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    close: () => {
      destroyAll();
      server.close();
    },
  };
}

let site: TestApp;
let gate: Awaited<ReturnType<typeof startGate>>;
let app: TestApp["app"];
let deps: Dependencies;
let visitor: Visitor;
let imagePath: string;
let mediaPath: string;

beforeAll(async () => {
  site = await startTestApp();
  gate = await startGate(site.databaseUrl);
  const config = readConfig({
    DATA_DIR: site.dataFolder,
    DATABASE_URL: gate.url,
    SESSION_SECRET: "a secret for tests",
  });
  deps = await createDependencies(config, { databaseUrl: gate.url, logger: site.deps.logger });
  app = createApp(deps, { isStopping: () => false });
  ({ visitor } = await signedInPerson({ app, deps }));
  const file = { name: "a.png", bytes: await drawPicture(7) };
  imagePath = (await visitor.postFile("/images", file, { title: "Here" })).location ?? "";
  mediaPath = (await visitor.get(imagePath)).$("article img").attr("src") ?? "";
});
afterEach(() => gate.open());
afterAll(async () => {
  gate.open();
  await deps.close();
  gate.close();
  await site.close();
});

const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
  const start = performance.now();
  return [await work, performance.now() - start];
};

async function expectUnavailable(atMostMilliseconds: number) {
  const token = "x".repeat(256);
  const form = { username: "ana", password: "wrong" };
  const asked = [
    createVisitor(app).get("/"),
    createVisitor(app).get(imagePath),
    createVisitor(app).get("/login"),
    visitor.get("/"),
    visitor.get("/images/new"),
    visitor.post(`${imagePath.replace(/\/[^/]*$/, "")}/like`, {}, { csrf: token }),
    visitor.post("/login", form, { csrf: token }),
    visitor.get("/images", { Accept: "application/json" }),
  ];
  for (const [answer, milliseconds] of await Promise.all(asked.map(timed))) {
    expect(answer.status).toBe(503);
    expect(milliseconds).toBeLessThan(atMostMilliseconds);
    expect(answer.headers["retry-after"]).toBe("10");
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.text).not.toMatch(/\bat \S+ \(|ECONN|Prisma|node_modules/);
    expect(answer.text).toContain("Magpie cannot answer just now");
  }
}

async function expectRecovered() {
  expect((await createVisitor(app).get(imagePath)).status).toBe(200);
  expect((await createVisitor(app).get("/readyz")).status).toBe(200);
  expect((await visitor.get("/images/new")).status).toBe(200);
  const like = imagePath.replace(/\/[^/]*$/, "/like");
  expect((await visitor.post(like)).status).toBe(303);
  const page = await createVisitor(app).get("/login");
  expect(page.status).toBe(200);
}

async function expectWithoutDatabase() {
  const nobody = createVisitor(app);
  expect((await nobody.get("/healthz")).status).toBe(200);
  expect((await nobody.get(deps.assets.urlOf("site.css"))).status).toBe(200);
  expect((await nobody.get(mediaPath)).status).toBe(200);
  expect((await nobody.get("/static/nothing.css")).status).toBe(404);
}

describe("a database that is away", () => {
  test("makes pages answer 503 at once, until it is back", async () => {
    gate.cut();
    await expectUnavailable(5000);
    expect((await createVisitor(app).get("/readyz")).status).toBe(503);
    await expectWithoutDatabase();
    gate.open();
    await expectRecovered();
  });

  test("in the middle of a request, too, leaves nobody signed out", async () => {
    for (let round = 0; round < 3; round += 1) {
      const asked = Array.from({ length: 10 }, () => visitor.get("/images/new"));
      const cut = wait(5 + 10 * round).then(gate.cut);
      for (const { status } of await Promise.all(asked)) expect([200, 503]).toContain(status);
      await cut;
      gate.open();
      expect((await visitor.get("/images/new")).status).toBe(200);
    }
  });
});

describe("a database that hangs", () => {
  test("makes pages answer 503 in bounded time, until it answers again", async () => {
    gate.freeze();
    const [[ready]] = await Promise.all([
      timed(createVisitor(app).get("/readyz")),
      expectUnavailable(15_000),
      expectWithoutDatabase(),
    ]);
    expect(ready.status).toBe(503);
    gate.open();
    await expectRecovered();
  });
});

test("a database that does not exist stops the start, by its name", async () => {
  const url = (await cloneDatabase()).replace(/[^/]*$/, "no_such_database");
  const config = readConfig({ DATA_DIR: site.dataFolder, DATABASE_URL: url, SESSION_SECRET: "x" });
  await expect(
    createDependencies(config, { databaseUrl: url, logger: site.deps.logger }),
  ).rejects.toThrow(/no_such_database/);
});

test("a statement that PostgreSQL ends for its time counts as that, whoever sent it", async () => {
  const { database } = deps;
  const locked = async (ask: (tx: Transaction) => Promise<unknown>) =>
    database.$transaction(async (tx) => {
      await tx.$executeRaw`set local statement_timeout = 300`;
      await ask(tx);
    });
  await database.$transaction(
    async (holder) => {
      await holder.$executeRaw`lock table group_rights`;
      for (const ask of [
        (tx: Transaction) => tx.groupRight.findMany(),
        (tx: Transaction) => tx.$queryRaw`select 1 from group_rights`,
      ]) {
        const failure = await locked(ask).catch((error: unknown) => error);
        expect([String(failure), isDatabaseUnavailable(failure)]).toEqual([String(failure), true]);
      }
    },
    { timeout: 60_000 },
  );
});

test("a database whose name leads nowhere counts as away", async () => {
  const pool = createPool("postgresql://nowhere.invalid/x", { max: 1, onError: () => {} });
  const database = createDatabase(pool);
  const failure = await database.user.count().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(isDatabaseUnavailable(failure)).toBe(true);
  expect(isDatabaseUnavailable(new TypeError("x is not a function"))).toBe(false);
  expect(isDatabaseUnavailable(undefined)).toBe(false);
  await pool.end();
});

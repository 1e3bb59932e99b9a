import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
  const start = performance.now();
  return [await work, performance.now() - start];
};

describeWithRedis("a site with Redis", (redis) => {
  let site: TestApp;
  let person: Awaited<ReturnType<typeof signedInPerson>>;
  let visitor: Visitor;
  let imagePath: string;
  let mediaPath: string;
  /** What as many requests take together while Redis is there: what is slow then is the machine. */
  let usual: number;

  beforeAll(async () => {
    site = await startTestApp({ REDIS_URL: redis.url });
    ({ visitor } = await signedInPerson(site));
    const file = { name: "a.png", bytes: await drawPicture(7) };
    imagePath = (await visitor.postFile("/images", file, { title: "Here" })).location ?? "";
    mediaPath = (await visitor.get(imagePath)).$("article img").attr("src") ?? "";
  });
  beforeEach(async () => {
    person = await signedInPerson(site);
    ({ visitor } = person);
    [, usual] = await timed(Promise.all(askMany()));
  });
  afterEach(async () => {
    redis.resume();
    await backAgain();
  });
  afterAll(() => site.close());

  const nobody = () => createVisitor(site.app);
  const statusOf = async (path: string, by = nobody()) => (await by.get(path)).status;
  const isSignedIn = async (by: Visitor) => (await statusOf("/images/new", by)) === 200;
  const backAgain = () => expect.poll(() => statusOf("/readyz")).toBe(200);
  const signIn = (by: Visitor) =>
    by.post("/login", { username: person.username, password: goodPassword });

  const json = { Accept: "application/json" };
  /** Of all kinds; none changes anything. */
  function askMany() {
    const like = imagePath.replace(/\/[^/]*$/, "/like");
    const csrf = "x".repeat(256);
    return [
      visitor.get("/"),
      visitor.get(imagePath),
      visitor.get("/", json),
      visitor.get("/images/new"),
      visitor.get("/login"),
      visitor.post("/login", { username: "ana", password: "wrong" }, { csrf }),
      visitor.post("/logout", {}, { csrf }),
      visitor.post(like, {}, { csrf }),
      visitor.post(like, {}, { csrf, headers: json }),
      nobody().get("/login"),
      nobody().get("/register", json),
    ];
  }
  /** Less than a second, beside what this machine needs at the moment. */
  const patience = () => 1000 + 2 * usual;

  async function expectAway() {
    for (const [answer, milliseconds] of await Promise.all(askMany().map(timed))) {
      expect(answer.status).toBe(503);
      expect(milliseconds).toBeLessThan(patience());
      expect(answer.headers["retry-after"]).toBe("10");
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.text).not.toMatch(/\bat \S+ \(|ECONN|Stream|timed out|node_modules/);
      expect(answer.text).toContain("Magpie cannot answer just now");
    }
    const ofJson = await visitor.get("/", json);
    expect(ofJson.body).toMatchObject({ status: "error", code: "unavailable" });
    const [ready, milliseconds] = await timed(nobody().get("/readyz"));
    expect(ready.status).toBe(503);
    expect(milliseconds).toBeLessThan(patience());
  }

  async function expectPublicPages() {
    for (const path of ["/", imagePath, "/images", mediaPath, "/healthz"]) {
      const [answer, milliseconds] = await timed(nobody().get(path));
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(milliseconds).toBeLessThan(patience());
    }
    expect(await statusOf("/nothing-here")).toBe(404);
    const form = { username: person.username, password: goodPassword };
    expect((await nobody().post("/login", form, { csrf: null })).status).toBe(403);
  }

  const idsInRedis = async () =>
    ((await redis.ask("keys", "magpie:session:*")) as string[]).map((key) => key.split(":")[2]);

  describe("keeps its sessions there", () => {
    test("under a new id at each sign-in, and none after signing out", async () => {
      await redis.flush();
      const again = nobody();
      await again.get("/login");
      const [planted] = await idsInRedis();
      expect((await signIn(again)).status).toBe(303);
      expect(await isSignedIn(again)).toBe(true);
      const signedIn = await idsInRedis();
      expect(signedIn).toHaveLength(1);
      expect(signedIn).not.toContain(planted);
      expect(await site.deps.database.storedSession.count()).toBe(0);

      expect((await again.post("/logout")).status).toBe(303);
      expect(await isSignedIn(again)).toBe(false);
      expect(await idsInRedis()).not.toContain(signedIn[0]);
      expect((await again.get("/")).$(".flash").text()).toContain("signed out");
    });

    test("and none for a visitor who only looks", async () => {
      await redis.flush();
      await expectPublicPages();
      expect(await idsInRedis()).toEqual([]);
    });

    test("and counts failed sign-ins there", async () => {
      for (let count = 0; count < 10; count += 1) {
        await nobody().post("/login", { username: person.username, password: "wrong-one" });
      }
      expect((await signIn(nobody())).status).toBe(429);
      await redis.flush();
      expect((await signIn(nobody())).status).toBe(303);
    });

    test("ends them with the person's rows, whatever Redis says", async () => {
      await site.deps.database.session.deleteMany({ where: { userId: person.id } });
      expect(await isSignedIn(visitor)).toBe(false);
    });
  });

  test("that was emptied knows nobody, and goes on", async () => {
    await redis.flush();
    const answer = await visitor.get("/");
    expect(answer.status).toBe(200);
    expect(answer.$('form[action="/logout"]')).toHaveLength(0);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    const again = await visitor.get("/images/new");
    expect(again).toMatchObject({ status: 303, location: "/login?next=%2Fimages%2Fnew" });
    expect((await signIn(visitor)).status).toBe(303);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  test("that was killed shows what needs no session, until it is back on its port", async () => {
    await redis.stop();
    await expectAway();
    await expectPublicPages();
    await redis.start();
    await backAgain();
    // Whoever was signed in signs in anew: it came back empty.
    expect(await isSignedIn(visitor)).toBe(false);
    expect((await signIn(visitor)).status).toBe(303);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  test("that was stopped and brought back with a signal goes on as well", async () => {
    await redis.stop("SIGTERM");
    await expectAway();
    await redis.start();
    await backAgain();
    expect(await statusOf("/login")).toBe(200);
  });

  test("that hangs is waited for less than a second, and signs nobody out", async () => {
    redis.pause();
    await Promise.all([expectAway(), expectPublicPages()]);
    await expectAway();
    redis.resume();
    await backAgain();
    expect(await isSignedIn(visitor)).toBe(true);
    expect((await visitor.post("/logout")).status).toBe(303);
  });

  test("that hangs in the middle of requests signs nobody in or out", async () => {
    const seen = new Set<number>();
    for (const milliseconds of [2, 10, 25, 60, 90, 120]) {
      const other = nobody();
      await other.get("/login");
      const token = await other.csrf();
      const reading = Array.from({ length: 10 }, () => timed(visitor.get("/images/new")));
      const form = { username: person.username, password: goodPassword };
      const entering = timed(other.post("/login", form, { csrf: token }));
      await wait(milliseconds);
      redis.pause();
      for (const [{ status }, took] of await Promise.all(reading)) {
        expect([200, 503]).toContain(status);
        expect(took).toBeLessThan(patience() + milliseconds);
        seen.add(status);
      }
      const [answer, took] = await entering;
      expect([303, 503]).toContain(answer.status);
      expect(took).toBeLessThan(1000 + patience());
      redis.resume();
      await backAgain();
      expect(await isSignedIn(visitor)).toBe(true);
      expect(await isSignedIn(other)).toBe(answer.status === 303);
      if (answer.status === 503) expect(answer.headers["set-cookie"]).toBeUndefined();
      seen.add(answer.status);
    }
    expect(seen).toContain(503);
  });
});

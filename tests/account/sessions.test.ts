import supertest from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let now = new Date();
const day = 86_400_000;
const pass = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
});
beforeEach(() => {
  now = new Date();
});
afterAll(() => site.close());

const isSignedIn = async (visitor: Visitor) => (await visitor.get("/images/new")).status === 200;
/** Somebody who asked to stay signed in. */
async function keptVisitor(): Promise<Visitor> {
  const { username } = await signedInPerson(site);
  const visitor = createVisitor(site.app);
  await visitor.post("/login", { username, password: "plum-tree-in-snow", keep: "on" });
  return visitor;
}
const cookieOf = (headers: Record<string, unknown>) =>
  [headers["set-cookie"]]
    .flat()
    .map((line) => String(line).split(";")[0])
    .join("; ");
const isAlive = async (cookie: string) =>
  (await supertest(site.app).get("/images/new").set("Cookie", cookie)).status === 200;

describe("a session", () => {
  test("gets a new id at sign-in, so that one planted before is worth nothing", async () => {
    const { username } = await signedInPerson(site);
    const visitor = createVisitor(site.app);
    const planted = cookieOf((await visitor.get("/login")).headers);
    const answer = await visitor.post("/login", { username, password: "plum-tree-in-snow" });
    const given = cookieOf(answer.headers);
    expect(given).toMatch(/^magpie=s%3A/);
    expect(given).not.toBe(planted);
    expect(await isAlive(given)).toBe(true);
    expect(await isAlive(planted)).toBe(false);
  });

  test("is destroyed by signing out, and its old cookie is dead when replayed", async () => {
    const { visitor, id, username } = await signedInPerson(site);
    const again = createVisitor(site.app);
    const cookie = cookieOf(
      (await again.post("/login", { username, password: "plum-tree-in-snow" })).headers,
    );
    expect(await isAlive(cookie)).toBe(true);
    const out = await again.post("/logout");
    expect(out).toMatchObject({ status: 303, location: "/" });
    expect((await again.get("/")).$(".flash").text()).toContain("signed out");
    expect(await isAlive(cookie)).toBe(false);
    expect(await isSignedIn(again)).toBe(false);
    expect(await isSignedIn(visitor)).toBe(true);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(1);
  });

  test("does not come back when a stored copy of it is restored after signing out", async () => {
    const { visitor, id } = await signedInPerson(site);
    const stored = await site.deps.database.storedSession.findMany();
    await visitor.post("/logout");
    for (const row of stored) {
      await site.deps.database.storedSession.upsert({
        where: { sid: row.sid },
        create: { sid: row.sid, sess: row.sess ?? {}, expire: row.expire },
        update: {},
      });
    }
    expect(await isSignedIn(visitor)).toBe(false);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(0);
  });

  test("ends with its row, on that device only", async () => {
    const { visitor, id, username } = await signedInPerson(site);
    const other = createVisitor(site.app);
    await other.post(
      "/login",
      { username, password: "plum-tree-in-snow" },
      { headers: { "User-Agent": "Other" } },
    );
    await site.deps.database.session.deleteMany({ where: { userId: id, userAgent: "Other" } });
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  test("dies at once when its person is deactivated", async () => {
    const { visitor, id } = await signedInPerson(site);
    await site.deps.database.user.update({ where: { id }, data: { isActive: false } });
    const answer = await visitor.get("/images/new");
    expect(answer).toMatchObject({ status: 303, location: "/login?next=%2Fimages%2Fnew" });
    expect((await visitor.get("/")).$('form[action="/logout"]')).toHaveLength(0);
  });

  test("that is kept ends after fourteen days without a visit, and not before", async () => {
    const visitor = await keptVisitor();
    pass(13.9 * day);
    expect(await isSignedIn(visitor)).toBe(true);
    pass(13.9 * day);
    expect(await isSignedIn(visitor)).toBe(true);
    pass(14.1 * day);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  test("ends ninety days after signing in, however busy", async () => {
    const visitor = await keptVisitor();
    for (let passed = 0; passed < 89; passed += 8.9) {
      expect([passed, await isSignedIn(visitor)]).toEqual([passed, true]);
      pass(8.9 * day);
    }
    expect(await isSignedIn(visitor)).toBe(true);
    pass(1.1 * day);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  test("notes when it was last seen, at most once in five minutes", async () => {
    const { visitor, id } = await signedInPerson(site);
    const seen = async () =>
      (await site.deps.database.session.findFirstOrThrow({ where: { userId: id } })).lastSeenAt;
    const before = await seen();
    pass(day / 360);
    await visitor.get("/");
    expect(await seen()).toEqual(before);
    pass(day / 720);
    await visitor.get("/");
    expect(await seen()).toEqual(now);
  });

  test("takes the place of the one that was there when someone signs in over it", async () => {
    const { visitor, id, username } = await signedInPerson(site);
    await visitor.post("/login", { username, password: "plum-tree-in-snow" });
    expect(await isSignedIn(visitor)).toBe(true);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(1);
  });

  test("keeps the name of the device that signed in, cut to what fits", async () => {
    const { username, id } = await signedInPerson(site);
    const headers = { "User-Agent": "Browser ".repeat(100) };
    await createVisitor(site.app).post(
      "/login",
      { username, password: "plum-tree-in-snow" },
      { headers },
    );
    const names = await site.deps.database.session.findMany({ where: { userId: id } });
    expect(names.map(({ userAgent }) => userAgent.length)).toContain(400);
  });
});

describe("a cookie that was made up", () => {
  test.each([
    "magpie=s%3Aabc.def",
    "magpie=abc",
    "magpie=",
    "magpie=s%3A%00",
    `magpie=s%3A${"a".repeat(4000)}.x`,
  ])("%s is a stranger's", async (cookie) => {
    const answer = await supertest(site.app).get("/").set("Cookie", cookie);
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(await isAlive(cookie)).toBe(false);
  });
});

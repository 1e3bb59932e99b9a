import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sweepSessions } from "#features/account/account.jobs.ts";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let now = new Date();
const hour = 3_600_000;
const pass = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};
beforeEach(() => {
  now = new Date();
});

const isSignedIn = async (visitor: Visitor) => (await visitor.get("/images/new")).status === 200;

/** Signs in anew; `cookie` is the line that the answer sets. */
async function signIn(site: TestApp, fields: Record<string, string> = {}) {
  const { id, username } = await createPerson(site.deps, newPerson());
  const visitor = createVisitor(site.app);
  const answer = await visitor.post("/login", { username, password: goodPassword, ...fields });
  expect(answer.status).toBe(303);
  return { id, visitor, cookie: String(answer.headers["set-cookie"]) };
}

function keeping(settings: () => Record<string, string>) {
  let site: TestApp;
  beforeAll(async () => {
    site = await startTestApp({ RATE_LIMITS: "off", ...settings() }, { clock: () => now });
  });
  afterAll(() => site.close());

  test("the form offers it, ticked", async () => {
    const { $ } = await createVisitor(site.app).get("/login");
    expect($("input[name=keep][type=checkbox]").attr("checked")).toBeDefined();
  });

  test("without it the cookie goes with the browser, with it it lasts for two weeks", async () => {
    const { cookie } = await signIn(site);
    expect(cookie).toMatch(/^magpie=/);
    expect(cookie).not.toMatch(/expires|max-age/i);
    const kept = await signIn(site, { keep: "on" });
    const expires = Date.parse(/Expires=([^;]+)/.exec(kept.cookie)?.[1] ?? "");
    expect(Math.abs(expires - Date.now() - 14 * 24 * hour)).toBeLessThan(60_000);
  });

  test("without it a session ends after a day without a visit, and every visit prolongs it", async () => {
    const { visitor } = await signIn(site);
    for (const _ of [1, 2, 3]) {
      pass(23.5 * hour);
      expect(await isSignedIn(visitor)).toBe(true);
    }
    pass(24.5 * hour);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  test("without it no page that comes after sets a cookie that lasts", async () => {
    const { visitor, id } = await signIn(site);
    pass(2 * hour);
    const page = await visitor.post("/users/nobody/follow");
    expect(String(page.headers["set-cookie"] ?? "")).not.toMatch(/expires|max-age/i);
    const session = await site.deps.database.session.findFirstOrThrow({ where: { userId: id } });
    expect([session.isKept, session.lastSeenAt]).toEqual([false, now]);
  });

  test("what is not kept is swept a day later, what is kept is not", async () => {
    const left = await signIn(site);
    const kept = await signIn(site, { keep: "on" });
    pass(25 * hour);
    await sweepSessions(site.deps);
    const count = (userId: number) => site.deps.database.session.count({ where: { userId } });
    expect([await count(left.id), await count(kept.id)]).toEqual([0, 1]);
    expect(await isSignedIn(kept.visitor)).toBe(true);
  });
}

describe("keeping signed in, sessions in PostgreSQL", () => keeping(() => ({})));
describeWithRedis("keeping signed in, sessions in Redis", (redis) =>
  keeping(() => ({ REDIS_URL: redis.url })),
);

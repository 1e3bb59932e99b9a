import supertest from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issueToken } from "#features/account/account-tokens.ts";
import { signedIn } from "#tests/admin/callers.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let me: { id: number; username: string; visitor: Visitor };
let now = new Date();

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
});
beforeEach(async () => {
  me = await signedInPerson(site);
});
afterAll(() => site.close());

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const newPassword = "heron-on-a-frozen-pond";

async function elsewhere(userAgent = firefox): Promise<Visitor> {
  const visitor = createVisitor(site.app);
  const fields = { username: me.username, password: goodPassword };
  await visitor.post("/login", fields, { headers: { "User-Agent": userAgent } });
  return visitor;
}
const isSignedIn = async (visitor: Visitor) =>
  (await visitor.get("/")).$('form[action="/logout"]').length === 1;
const sessions = () => site.deps.database.session.findMany({ where: { userId: me.id } });
const idOf = async (userAgent: string) =>
  (await sessions()).find((session) => session.userAgent === userAgent)?.id ?? "";

describe("the password", () => {
  const change = (fields: Record<string, string> = {}) =>
    me.visitor.post("/settings/password", {
      currentPassword: goodPassword,
      password: newPassword,
      password2: newPassword,
      ...fields,
    });

  test("is changed, ends every other session and links to reset it, and keeps this one", async () => {
    const other = await elsewhere();
    await site.deps.database.$transaction((tx) =>
      issueToken(tx, { userId: me.id, purpose: "reset_password", email: "a@example.org", now }),
    );
    const answer = await change();
    expect([answer.status, answer.location]).toEqual([303, "/settings/password"]);
    expect((await me.visitor.get("/settings/password")).$(".flash").text()).toContain("changed");
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(me.visitor)).toBe(true);
    expect(await site.deps.database.accountToken.count({ where: { userId: me.id } })).toBe(0);
    const signIn = (password: string) =>
      createVisitor(site.app).post("/login", { username: me.username, password });
    expect((await signIn(goodPassword)).status).toBe(422);
    expect((await signIn(newPassword)).status).toBe(303);
  });

  test.each([
    ["currentPassword", { currentPassword: "wrong" }],
    ["currentPassword", { currentPassword: "" }],
    ["currentPassword", { currentPassword: "x".repeat(1001) }],
    ["password", { password: "short", password2: "short" }],
    ["password", { password: "password123", password2: "password123" }],
    ["password", { password: "x1y2".repeat(33), password2: "x1y2".repeat(33) }],
    ["password2", { password2: "another" }],
  ])("stays, with the reason beside %s", async (field, fields) => {
    const other = await elsewhere();
    const answer = await change(fields as Record<string, string>);
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, [field]]);
    for (const input of answer.$("input[type=password]").toArray()) {
      expect(answer.$(input).attr("value") ?? "").toBe("");
    }
    expect(await isSignedIn(other)).toBe(true);
    expect((await change()).status).toBe(303);
  });

  test("is refused with all that is wrong at once", async () => {
    const answer = await change({ currentPassword: "wrong", password: "short" });
    expect(Object.keys(answer.errors).sort()).toEqual(["currentPassword", "password", "password2"]);
  });

  test("may not be the one there is", async () => {
    const answer = await change({ password: goodPassword, password2: goodPassword });
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["password"]]);
  });

  test("leaves whoever copied the cookie before with nothing", async () => {
    const caller = await signedIn(site);
    const fields = { currentPassword: goodPassword, password: newPassword, password2: newPassword };
    const answer = await caller.send("post", "/settings/password", { fields });
    expect(answer.headers["location"]).toBe("/settings/password");
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).not.toMatch(/expires/i);
    const open = async (value: string) =>
      (await supertest(site.app).get("/settings/password").set("Cookie", value)).status;
    expect(await open(caller.cookie)).toBe(303);
    expect(await open(cookie.split(";")[0] ?? "")).toBe(200);
  });

  test("leaves nothing to what an old request may yet store: its session is called otherwise", async () => {
    const [before] = await sessions();
    expect((await change()).status).toBe(303);
    const after = await sessions();
    expect(after).toMatchObject([{ isKept: before?.isKept, createdAt: before?.createdAt }]);
    expect(after.map(({ id }) => id)).not.toContain(before?.id);
    expect(await isSignedIn(me.visitor)).toBe(true);
  });

  test("is changed a few times an hour only: each ends the links that were mailed", async () => {
    const passwords = [goodPassword, ..."abcde"].map((each) => `${each}-${newPassword}`);
    const statuses = [];
    let currentPassword = goodPassword;
    for (const password of passwords.slice(0, 5)) {
      const { status } = await change({ currentPassword, password, password2: password });
      statuses.push(status);
      currentPassword = password;
    }
    expect(statuses).toEqual([303, 303, 303, 303, 429]);
  });

  test("may not be the username", async () => {
    const person = await signedInPerson(site, { username: "very_long_name" });
    const fields = { password: "Very_Long_Name", password2: "Very_Long_Name" };
    const answer = await person.visitor.post("/settings/password", {
      currentPassword: goodPassword,
      ...fields,
    });
    expect(Object.keys(answer.errors)).toEqual(["password"]);
  });

  test("may not be the e-mail address", async () => {
    const email = "cormorant.kingfisher@example.org";
    const person = await signedInPerson(site, { email });
    for (const password of [email, "Cormorant-Kingfisher1"]) {
      const answer = await person.visitor.post("/settings/password", {
        currentPassword: goodPassword,
        password,
        password2: password,
      });
      expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["password"]]);
      expect(answer.errors["password"]).toContain("your e-mail address");
    }
  });

  test("guessed from a session that was left open is limited", async () => {
    const statuses = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await change({ currentPassword: `guess ${count}` })).status);
    }
    expect([statuses.at(0), statuses.at(-1)]).toEqual([422, 429]);
    expect((await change()).status).toBe(429);
  });
});

describe("the sessions", () => {
  test("are listed with their devices, this one first and marked", async () => {
    await elsewhere();
    now = new Date(now.getTime() + 2 * 3_600_000);
    const page = await me.visitor.get("/settings/sessions");
    const words = page
      .$(".session")
      .toArray()
      .map((row) => page.$(row).text().replace(/\s+/g, " "));
    expect(words).toHaveLength(2);
    expect(words[0]).toContain("this one");
    expect(words[0]).toContain("Here now");
    expect(words[1]).toContain("Firefox on Linux");
    expect(words[1]).toContain("Last seen 2 hours ago");
    expect(page.$(".session").first().find("form")).toHaveLength(0);
  });

  test("show what a device calls itself as words only", async () => {
    await elsewhere("<script>alert(1)</script>");
    const page = await me.visitor.get("/settings/sessions");
    expect(page.text).not.toContain("alert(1)");
    expect(page.$(".session").text()).toContain("An unknown device");
  });

  test("that have aged out are not listed", async () => {
    await elsewhere();
    const id = await idOf(firefox);
    const lastSeenAt = new Date(now.getTime() - 15 * 86_400_000);
    await site.deps.database.session.update({ where: { id }, data: { lastSeenAt } });
    expect((await me.visitor.get("/settings/sessions")).$(".session")).toHaveLength(1);
  });

  test("end one at a time, at once", async () => {
    const other = await elsewhere();
    const answer = await me.visitor.post(`/settings/sessions/${await idOf(firefox)}/end`);
    expect([answer.status, answer.location]).toEqual([303, "/settings/sessions"]);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(me.visitor)).toBe(true);
  });

  test("end all but this one", async () => {
    const others = [await elsewhere(), await elsewhere("curl/8.14.1")];
    const answer = await me.visitor.post("/settings/sessions/end-others");
    expect([answer.status, answer.location]).toEqual([303, "/settings/sessions"]);
    expect((await me.visitor.get("/settings/sessions")).$(".flash").text()).toBe(
      "2 sessions ended.",
    );
    for (const other of others) expect(await isSignedIn(other)).toBe(false);
    expect(await sessions()).toHaveLength(1);
  });

  test("of others are nobody's to end, nor are ones that never were", async () => {
    const other = await signedInPerson(site);
    const [theirs] = await site.deps.database.session.findMany({ where: { userId: other.id } });
    const ids = [theirs?.id, "00000000-0000-4000-8000-000000000000", "1", "x".repeat(500), "%27"];
    for (const id of ids) {
      expect((await me.visitor.post(`/settings/sessions/${id}/end`)).status).toBe(404);
    }
    await me.visitor.post("/settings/sessions/end-others");
    expect(await isSignedIn(other.visitor)).toBe(true);
  });

  test("end here, too, when this one is named", async () => {
    const [own] = await sessions();
    const answer = await me.visitor.post(`/settings/sessions/${own?.id}/end`);
    expect([answer.status, answer.location]).toEqual([303, "/"]);
    expect(await isSignedIn(me.visitor)).toBe(false);
    expect(await sessions()).toEqual([]);
  });

  test("do not need more queries when there are more of them, and show a hundred", async () => {
    const count = async () => (await queriesOf(() => me.visitor.get("/settings/sessions"))).length;
    await count();
    const few = await count();
    await site.deps.database.session.createMany({
      data: Array.from({ length: 120 }, () => ({
        id: crypto.randomUUID(),
        userId: me.id,
        createdAt: now,
        lastSeenAt: now,
      })),
    });
    expect(await count()).toBe(few);
    const page = await me.visitor.get("/settings/sessions");
    expect(page.$(".session")).toHaveLength(100);
    expect(page.$("main").text()).toContain("100 seen last");
  });
});

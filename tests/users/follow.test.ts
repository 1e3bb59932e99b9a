import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";
import { createPeopleRows, expectRightCounters } from "#tests/users/people-rows.ts";

let site: TestApp;
let me: { id: number; username: string; visitor: Visitor };
let ana: { id: number; username: string };
let now = new Date("2026-05-14T10:00:00Z");

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
  me = await signedInPerson(site, { username: "Me_myself" });
});
beforeEach(async () => {
  [ana = { id: 0, username: "" }] = await createPeopleRows(site.deps.database, 1);
});
afterAll(() => site.close());

const json = { headers: { Accept: "application/json" } };
const actions = () =>
  site.deps.database.action.count({ where: { targetId: ana.id, verb: "user_followed" } });
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const path = (verb: "follow" | "unfollow") => `/users/${ana.username}/${verb}`;

async function expectFollowers(count: number) {
  const { database } = site.deps;
  expect(await database.contact.count({ where: { toId: ana.id } })).toBe(count);
  const profile = await database.profile.findUniqueOrThrow({ where: { userId: ana.id } });
  expect(profile.followersCount).toBe(count);
  await expectRightCounters(database);
}

describe("following", () => {
  test("from the profile's form leads back to it, where it shows", async () => {
    const profile = `/users/${ana.username}`;
    const before = await me.visitor.get(profile);
    const form = before.$("main form[action$='/follow']");
    expect(form.attr("action")).toBe(path("follow"));
    expect(form.find("button").text()).toBe(`Follow ${ana.username}`);
    const answer = await me.visitor.post(path("follow"), {}, { from: profile });
    expect([answer.status, answer.location]).toEqual([303, profile]);
    const page = await me.visitor.get(profile);
    expect(page.$("form[action$='/unfollow'] button").text()).toBe(`Unfollow ${ana.username}`);
    expect(page.$(`a[href='${profile}/followers']`).text()).toBe("1 follower");
    const own = await me.visitor.get(`/users/${me.username}`);
    expect(own.$("main a[href$='/following']").text()).toMatch(/^\d+ following$/);
    await expectFollowers(1);
  });

  test("twice is following once, and so is unfollowing", async () => {
    const follow = () => me.visitor.post(path("follow"), {}, json);
    const unfollow = () => me.visitor.post(path("unfollow"), {}, json);
    const other = await signedInPerson(site);
    expect((await follow()).body).toEqual({ status: "ok", following: true, followers: 1 });
    expect((await follow()).body).toEqual({ status: "ok", following: true, followers: 1 });
    await other.visitor.post(path("follow"));
    await expectFollowers(2);
    expect((await unfollow()).body).toEqual({ status: "ok", following: false, followers: 1 });
    expect((await unfollow()).body).toEqual({ status: "ok", following: false, followers: 1 });
    await expectFollowers(1);
  });

  test("by htmx answers the part that it stands in", async () => {
    const from = (target: string) => ({ headers: { "HX-Request": "true", "HX-Target": target } });
    const tile = await me.visitor.post(path("follow"), {}, from(`li#person-${ana.id}`));
    expect(tile.status).toBe(200);
    expect(tile.text).not.toMatch(/<html|<header/);
    expect(tile.$("li").attr("id")).toBe(`person-${ana.id}`);
    expect(tile.$("li").text()).toContain("1 follower");
    expect(tile.$("form[action$='/unfollow'] input[name=_csrf]").val()).toBeTruthy();
    const head = await me.visitor.post(path("unfollow"), {}, from("header#person"));
    expect(head.$("header#person h1").text()).toBe(ana.username);
    expect(head.$("header").text()).toContain("0 followers");
    expect(head.$("form[action$='/follow'] button").attr("id")).toBe(`follow-${ana.id}`);
    expect(head.text).not.toMatch(/<html|<li class="person-tile/);
  });

  test("with a token in a header suits a script, whatever the name's case", async () => {
    const headers = { ...json.headers, "X-CSRF-Token": await me.visitor.csrf() };
    const address = path("follow").toUpperCase().replace("/USERS", "/users");
    const answer = await me.visitor.post(address.replace("/FOLLOW", "/follow"), {}, { headers });
    expect([answer.status, answer.body.followers]).toEqual([200, 1]);
  });

  test("is one deed a minute, and unfollowing is none", async () => {
    const follow = () => me.visitor.post(path("follow"));
    const unfollow = () => me.visitor.post(path("unfollow"));
    await unfollow();
    expect(await actions()).toBe(0);
    await follow();
    await unfollow();
    pass(59);
    await follow();
    expect(await actions()).toBe(1);
    await unfollow();
    pass(1);
    await follow();
    expect(await actions()).toBe(2);
    const deed = await site.deps.database.action.findFirst({ where: { targetId: ana.id } });
    expect(deed).toMatchObject({ userId: me.id, targetType: "user", verb: "user_followed" });
  });
});

describe("nobody else", () => {
  test("nobody follows themselves", async () => {
    const page = await me.visitor.get("/users/Me_myself");
    expect(page.$("main form")).toHaveLength(0);
    for (const verb of ["follow", "unfollow"]) {
      const form = await me.visitor.post(`/users/me_myself/${verb}`);
      expect(form.status).toBe(422);
      expect(form.text).toContain("nobody follows themselves");
      const script = await me.visitor.post(`/users/me_myself/${verb}`, {}, json);
      expect([script.status, script.body.code]).toEqual([422, "own_profile"]);
    }
    expect(await site.deps.database.contact.count({ where: { toId: me.id } })).toBe(0);
  });

  test("a signed-out person is asked to sign in, a script with 401", async () => {
    const stranger = createVisitor(site.app);
    for (const verb of ["follow", "unfollow"] as const) {
      const page = await stranger.post(path(verb));
      expect([page.status, page.location]).toEqual([303, "/login?next=%2F"]);
      const script = await stranger.post(path(verb), {}, json);
      expect(script.status).toBe(401);
      expect(script.body).toEqual({ status: "error", code: "sign_in_required" });
    }
    const page = await stranger.get(`/users/${ana.username}`);
    expect(page.$("main form")).toHaveLength(0);
    expect(page.$("header#person a.button").attr("href")).toBe(
      `/login?next=${encodeURIComponent(`/users/${ana.username}`)}`,
    );
    await expectFollowers(0);
  });

  test("another site cannot make a person follow", async () => {
    const foreign = await (await signedInPerson(site)).visitor.csrf();
    for (const csrf of [null, foreign]) {
      const answer = await me.visitor.post(path("follow"), {}, { csrf, ...json });
      expect([answer.status, answer.body.code]).toEqual([403, "wrong_form_token"]);
    }
    const headers = { "Sec-Fetch-Site": "cross-site" };
    expect((await me.visitor.post(path("follow"), {}, { headers })).status).toBe(403);
    expect((await me.visitor.get(path("follow"))).status).toBe(405);
    await expectFollowers(0);
  });

  test("nobody follows whom there is not", async () => {
    for (const name of ["nobody-here", "x".repeat(5000), "%F0%9F%90%A6", "1'--", "%20"]) {
      for (const verb of ["follow", "unfollow"]) {
        const answer = await me.visitor.post(`/users/${name}/${verb}`, {}, json);
        expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
      }
    }
    expect((await me.visitor.post("/users/a%00/follow")).status).toBe(400);
  });
});

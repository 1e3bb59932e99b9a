import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let owner: { id: number; visitor: Visitor };
let me: { id: number; visitor: Visitor };
let imageId: number;
let now = new Date("2026-05-14T10:00:00Z");

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
  [owner, me] = await Promise.all([
    signedInPerson(site),
    signedInPerson(site, { firstName: "Ada", lastName: "<b>Lovelace</b>" }),
  ]);
});
beforeEach(async () => {
  [imageId = 0] = await createImageRows(site.deps.database, owner.id, 1, { title: "A stork" });
});
afterAll(() => site.close());

const json = { headers: { Accept: "application/json" } };
const htmx = { headers: { "HX-Request": "true" } };
const actions = () =>
  site.deps.database.action.count({ where: { targetId: imageId, verb: "image_liked" } });
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

async function expectLikes(likes: number) {
  const image = await site.deps.database.image.findUniqueOrThrow({ where: { id: imageId } });
  expect(image.totalLikes).toBe(likes);
  expect(await site.deps.database.like.count({ where: { imageId } })).toBe(likes);
}

describe("liking", () => {
  test("from the page's form leads back to the page, where it shows", async () => {
    const before = await me.visitor.get(`/images/${imageId}/a-stork`);
    const action = before.$("form[action$='/like']").attr("action") ?? "";
    expect(action).toBe(`/images/${imageId}/like`);
    const answer = await me.visitor.post(action, {}, { from: `/images/${imageId}/a-stork` });
    expect([answer.status, answer.location]).toEqual([303, `/images/${imageId}/a-stork`]);
    const page = await me.visitor.get(answer.location ?? "");
    expect(page.$("[data-image-id]").attr("data-likes")).toBe("1");
    expect(page.$("form[action$='/unlike'] button").text()).toContain("Unlike");
    expect(page.$(".liked-by a").text()).toBe("Ada <b>Lovelace</b>");
    await expectLikes(1);
  });

  test("twice is liking once, and so is unliking", async () => {
    const like = () => me.visitor.post(`/images/${imageId}/like`, {}, json);
    const unlike = () => me.visitor.post(`/images/${imageId}/unlike`, {}, json);
    expect((await like()).body).toEqual({ status: "ok", liked: true, likes: 1 });
    expect((await like()).body).toEqual({ status: "ok", liked: true, likes: 1 });
    await owner.visitor.post(`/images/${imageId}/like`);
    await expectLikes(2);
    expect((await unlike()).body).toEqual({ status: "ok", liked: false, likes: 1 });
    expect((await unlike()).body).toEqual({ status: "ok", liked: false, likes: 1 });
    await expectLikes(1);
  });

  test("by htmx answers the image's part of the page", async () => {
    const answer = await me.visitor.post(`/images/${imageId}/like`, {}, htmx);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("<html");
    expect(answer.$("article").attr("data-image-id")).toBe(String(imageId));
    expect(answer.$("article").attr("data-likes")).toBe("1");
    expect(answer.$("form[action$='/unlike'] input[name=_csrf]").val()).toBeTruthy();
    const back = await me.visitor.post(`/images/${imageId}/unlike`, {}, htmx);
    expect(back.$("article").attr("data-likes")).toBe("0");
    expect(back.$("form[action$='/like']")).toHaveLength(1);
  });

  test("with a token in a header suits a script", async () => {
    const headers = { ...json.headers, "X-CSRF-Token": await me.visitor.csrf() };
    const answer = await me.visitor.post(`/images/${imageId}/like`, {}, { headers, csrf: null });
    expect([answer.status, answer.body]).toEqual([200, { status: "ok", liked: true, likes: 1 }]);
  });

  test("is one deed a minute, and unliking is none", async () => {
    const like = () => me.visitor.post(`/images/${imageId}/like`);
    const unlike = () => me.visitor.post(`/images/${imageId}/unlike`);
    await like();
    expect(await actions()).toBe(1);
    await unlike();
    pass(59);
    await like();
    expect(await actions()).toBe(1);
    await unlike();
    pass(1);
    await like();
    expect(await actions()).toBe(2);
    await expectLikes(1);
    const [action] = await site.deps.database.action.findMany({
      where: { targetId: imageId, verb: "image_liked" },
    });
    expect(action).toMatchObject({ userId: me.id, targetType: "image" });
  });
});

describe("nobody else", () => {
  test("a signed-out person is asked to sign in, a script with 401", async () => {
    const stranger = createVisitor(site.app);
    for (const verb of ["like", "unlike"]) {
      const page = await stranger.post(`/images/${imageId}/${verb}`);
      expect([page.status, page.location]).toEqual([303, "/login?next=%2F"]);
      const script = await stranger.post(`/images/${imageId}/${verb}`, {}, json);
      expect(script.status).toBe(401);
      expect(script.body).toEqual({ status: "error", code: "sign_in_required" });
    }
    const page = await stranger.get(`/images/${imageId}/a-stork`);
    expect(page.$("form[action$='/like']")).toHaveLength(0);
    expect(page.$("a.like").attr("href")).toMatch(/^\/login\?next=/);
    await expectLikes(0);
  });

  test("another site cannot make a person like", async () => {
    for (const options of [{ csrf: null }, { csrf: await owner.visitor.csrf() }]) {
      const answer = await me.visitor.post(`/images/${imageId}/like`, {}, { ...options, ...json });
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ status: "error", code: "wrong_form_token" });
    }
    for (const headers of [
      { "Sec-Fetch-Site": "cross-site" },
      { Origin: "https://evil.example" },
    ]) {
      expect((await me.visitor.post(`/images/${imageId}/like`, {}, { headers })).status).toBe(403);
    }
    expect((await me.visitor.get(`/images/${imageId}/like`)).status).toBe(301);
    await expectLikes(0);
  });

  test("nobody likes what is not there", async () => {
    await site.deps.database.image.delete({ where: { id: imageId } });
    for (const id of [imageId, 0, -1, 2_147_483_648, "1e30", "01", "x", "1%00"]) {
      for (const verb of ["like", "unlike"]) {
        const answer = await me.visitor.post(`/images/${id}/${verb}`, {}, json);
        expect(answer.status).toBe(id === "1%00" ? 400 : 404);
        expect(answer.body).toMatchObject({ status: "error" });
      }
    }
  });
});

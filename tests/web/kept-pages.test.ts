import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routesOf } from "#tests/admin/site-routes.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let owner: { id: number; visitor: Visitor };
let id: number;
let page: string;
const stranger = () => createVisitor(site.app);

beforeAll(async () => {
  const provider = { OIDC_ISSUER: "http://127.0.0.1:9", OIDC_CLIENT_ID: "magpie" };
  site = await startTestApp(provider);
  owner = await signedInPerson(site);
  [id = 0] = await createImageRows(site.deps.database, owner.id, 3);
  page = `/images/${id}/picture-1`;
  // The one look of all strangers here: written later, it would change pages in between.
  await stranger().get(page);
  await site.deps.viewCounters.flush();
});
afterAll(() => site.close());

test("no answer that brings a cookie may be kept by anybody else", async () => {
  const brought: string[] = [];
  for (const { method, path } of routesOf(site.app)) {
    if (method !== "get") continue;
    const { headers } = await stranger().get(path.replace(/[:*]\w+/g, "1"));
    if (!headers["set-cookie"]) continue;
    brought.push(path);
    expect([path, headers["cache-control"]]).toEqual([path, "no-store"]);
  }
  expect(brought).toEqual(expect.arrayContaining(["/login", "/register/openid"]));
});

const tagOf = async (path: string) => String((await stranger().get(path)).headers.etag);

describe("what strangers see of a page is kept", () => {
  test.each(["/images", "/", "picture"])(
    "%s is not sent again while it is the same",
    async (path) => {
      const address = path === "picture" ? page : path;
      const tag = await tagOf(address);
      expect(tag).toMatch(/^W\//);
      const again = await stranger().get(address, { "If-None-Match": tag });
      expect([again.status, again.text]).toEqual([304, ""]);
      expect(again.headers["cache-control"]).toBe("public, no-cache");
      expect(again.headers["set-cookie"]).toBeUndefined();
    },
  );

  test("and made anew with whatever it shows", async () => {
    const { database } = site.deps;
    const changes = [
      () => database.image.update({ where: { id }, data: { title: "A heron" } }),
      () => database.image.update({ where: { id }, data: { totalLikes: 3 } }),
      () => database.image.update({ where: { id }, data: { totalViews: 40 } }),
      () => database.user.update({ where: { id: owner.id }, data: { firstName: "Nuria" } }),
    ];
    const seen = new Set([await tagOf("/images")]);
    for (const change of changes) {
      await change();
      seen.add(await tagOf("/images"));
    }
    expect(seen.size).toBe(5);
    const { text } = await stranger().get("/images");
    for (const words of ["A heron", "3 likes", "40 views", "Nuria"]) expect(text).toContain(words);
    const other = await signedInPerson(site);
    await other.visitor.post(`/images/${id}/like`);
    expect((await stranger().get(page)).text).toContain(other.username);
  });

  test("for each address by itself", async () => {
    const [home, list] = [await stranger().get("/"), await stranger().get("/images")];
    expect(home.$(".welcome")).toHaveLength(1);
    expect(list.$(".welcome")).toHaveLength(0);
    expect(list.$("nav a[aria-current]").attr("href")).toBe("/images");
    for (let index = 0; index < 9; index += 1) await stranger().get(`/images?made=${index}`);
    // Views counted before are written a little later.
    const steady = (text: string) => text.replace(/\d+ views?/g, "");
    expect(steady((await stranger().get("/images")).text)).toBe(steady(list.text));
  });

  test("without anything of somebody who looked before or after", async () => {
    const admin = await signedInPerson(site, { isSuperuser: true });
    for (const path of ["/images", page]) {
      const theirs = await admin.visitor.get(path);
      const { text, headers } = await stranger().get(path);
      for (const secret of [admin.username, "_csrf", "Sign out"]) {
        expect(theirs.text).toContain(secret);
        expect(text).not.toContain(secret);
      }
      expect(headers["set-cookie"]).toBeUndefined();
      expect(theirs.headers["cache-control"]).toBe("no-store");
      expect(theirs.headers.etag).toBeUndefined();
    }
  });

  test("and a stranger's tag is nothing to somebody who signed in", async () => {
    const tag = await tagOf(page);
    const answer = await owner.visitor.get(page, { "If-None-Match": tag });
    expect(answer.status).toBe(200);
    expect(answer.$("a[href$='/edit']")).toHaveLength(1);
  });

  test("but not what somebody is told once", async () => {
    const visitor = stranger();
    await visitor.post(`/images/${id}/like`);
    const login = await visitor.get("/images");
    expect(login.text).toContain("You are signed out.");
    expect(login.headers["cache-control"]).toBe("no-store");
    expect((await stranger().get("/images")).text).not.toContain("You are signed out.");
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let owner: { id: number; username: string; visitor: Visitor };
let stranger: Visitor;

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => new Date("2026-05-14T12:00:00Z") });
  owner = await signedInPerson(site, { firstName: "Ada", lastName: "Lovelace" });
  stranger = createVisitor(site.app);
});
afterAll(() => site.close());

async function createImage(
  values: Parameters<typeof site.deps.database.image.update>[0]["data"] = {},
) {
  const [id = 0] = await createImageRows(site.deps.database, owner.id, 1, { title: "A stork" });
  await site.deps.database.image.update({ where: { id }, data: values });
  return id;
}

describe("an image's page", () => {
  test("shows the picture, who saved it and when, and its counts", async () => {
    const createdAt = new Date("2026-05-14T09:00:00Z");
    const id = await createImage({ createdAt, totalLikes: 3, totalViews: 1234 });
    const page = await stranger.get(`/images/${id}/a-stork`);
    expect(page.status).toBe(200);
    expect(page.headers["set-cookie"]).toBeUndefined();
    expect(page.$("title").text()).toContain("A stork");
    expect(page.$("h1").text()).toBe("A stork");
    const image = page.$(`[data-image-id=${id}]`);
    expect([image.attr("data-likes"), image.attr("data-views")]).toEqual(["3", "1234"]);
    expect(image.find("img").first().attr("alt")).toBe("A stork");
    expect(image.find("img").first().attr("loading")).toBeUndefined();
    expect(page.$("main").text()).toContain("Ada Lovelace");
    expect(page.$(`main a[href="/users/${owner.username}"]`).text()).toContain("Ada Lovelace");
    expect(page.$("time").attr("datetime")).toBe("2026-05-14T09:00:00.000Z");
    expect(page.$("time").text()).toBe("3 hours ago");
  });

  test("has one address: others lead there for good", async () => {
    const id = await createImage();
    for (const path of [
      "",
      "/wrong",
      "/A-Stork",
      "/a-stork-",
      "/like",
      "/delete",
      "/%F0%9F%90%A6",
    ]) {
      const answer = await stranger.get(`/images/${id}${path}`);
      expect([answer.status, answer.location]).toEqual([301, `/images/${id}/a-stork`]);
    }
    expect((await stranger.get(`/images/${id}/a-stork/more`)).status).toBe(404);
  });

  test.each([
    "0",
    "-1",
    "01",
    "1.0",
    "1e3",
    "2147483648",
    "9".repeat(40),
    "1e30",
    "abc",
    "NaN",
    "null",
    "٣",
    "1'--",
  ])("there is none at %s", async (id) => {
    for (const path of [
      `/images/${encodeURIComponent(id)}`,
      `/images/${encodeURIComponent(id)}/a-stork`,
    ]) {
      expect((await stranger.get(path)).status).toBe(404);
    }
    for (const path of ["edit", "delete"]) {
      const answer = await owner.visitor.post(`/images/${encodeURIComponent(id)}/${path}`);
      expect(answer.status).toBe(404);
    }
  });

  test.each(["%00", "%", "%ff", "1%00"])("junk like %s is 400 or 404", async (id) => {
    expect([400, 404]).toContain((await stranger.get(`/images/${id}/x`)).status);
  });

  test("writes a hostile title and description as words, in paragraphs", async () => {
    const hostile = `<script>alert(1)</script>"'&amp;{{ 7*7 }}`;
    const id = await createImage({
      title: hostile,
      description: `${hostile}\r\n\r\nSecond\n\n\n\n<b>Third`,
    });
    for (const visitor of [stranger, owner.visitor]) {
      const page = await visitor.get(`/images/${id}/a-stork`);
      expect(page.text).not.toMatch(/<script>alert|<b>Third/);
      expect(page.$("h1").text()).toBe(hostile);
      const paragraphs = page
        .$(".image-description")
        .toArray()
        .map((element) => page.$(element).text());
      expect(paragraphs).toEqual([hostile, "Second", "<b>Third"]);
    }
    const form = await owner.visitor.get(`/images/${id}/edit`);
    expect(form.text).not.toMatch(/<script>alert|<b>Third/);
    expect(form.$("input[name=title]").val()).toBe(hostile);
    expect(form.$("textarea[name=description]").text()).toContain("<b>Third");
  });

  test("credits the page before the picture's own address, in a link that passes nothing on", async () => {
    const sourceUrl = "https://www.example.org/a.jpg";
    const pageUrl = "https://example.com/storks?a=1&b=%22";
    for (const [data, href, host] of [
      [{ sourceUrl, pageUrl }, pageUrl, "example.com"],
      [{ sourceUrl, pageUrl: null }, sourceUrl, "example.org"],
    ] as const) {
      const page = await stranger.get(`/images/${await createImage(data)}/a-stork`);
      expect(page.$("a.source").attr("href")).toBe(href);
      expect(page.$("a.source").attr("rel")?.split(" ").sort()).toEqual([
        "nofollow",
        "noopener",
        "ugc",
      ]);
      expect(page.$("a.source").text()).toContain(host);
    }
    const page = await stranger.get(`/images/${await createImage()}/a-stork`);
    expect(page.$("a.source, a[href^='http']")).toHaveLength(0);
  });

  test("no other kind of address can become a link: the database refuses it", async () => {
    for (const data of [{ pageUrl: "javascript:alert(1)" }, { sourceUrl: "data:text/html,x" }]) {
      await expect(createImage(data)).rejects.toThrow();
    }
  });

  test("names those who like it, newest first and active people only, and counts the rest", async () => {
    const id = await createImage({ totalLikes: 15 });
    const people = await site.deps.database.user.createManyAndReturn({
      data: Array.from({ length: 15 }, (_, index) => ({
        ...{ username: `fan${index}`, email: `fan${index}@example.org`, isActive: index !== 14 },
      })),
    });
    await site.deps.database.like.createMany({
      data: people.map(({ id: userId }, index) => ({
        userId,
        imageId: id,
        createdAt: new Date(index * 1000),
      })),
    });
    const page = await stranger.get(`/images/${id}/a-stork`);
    const names = page
      .$(".liked-by a")
      .toArray()
      .map((link) => page.$(link).attr("href"));
    expect(names).toEqual(Array.from({ length: 12 }, (_, index) => `/users/fan${13 - index}`));
    expect(page.$(".liked-by").text()).toMatch(/and \d more$/);
    expect(page.$("main").text()).toContain("15 likes");
  });

  test("offers editing and deleting to whom it is allowed", async () => {
    const path = `/images/${await createImage()}`;
    const [other, admin] = await Promise.all([
      signedInPerson(site),
      signedInPerson(site, { isSuperuser: true }),
    ]);
    const seen = async (visitor: Visitor) => {
      const { $ } = await visitor.get(`${path}/a-stork`);
      const removal = $(`form[action="${path}/delete"]`).length > 0;
      return { edit: $(`a[href="${path}/edit"]`).length, removal };
    };
    expect(await seen(stranger)).toEqual({ edit: 0, removal: false });
    expect(await seen(other.visitor)).toEqual({ edit: 0, removal: false });
    expect(await seen(admin.visitor)).toEqual({ edit: 0, removal: true });
    expect((await seen(owner.visitor)).edit).toBe(1);
  });

  test("of a title that is the name of a form is still an image's page", async () => {
    for (const title of ["Edit", "edit!", "Like", "Delete", "Unlike", "New", "Preview", "…"]) {
      const id = await createImage();
      const answer = await owner.visitor.post(`/images/${id}/edit`, { title });
      expect(answer.status).toBe(303);
      for (const visitor of [stranger, owner.visitor]) {
        const page = await visitor.get(answer.location ?? "");
        expect([title, page.status]).toEqual([title, 200]);
        expect(page.$("h1").text()).toBe(title);
      }
    }
  });
});

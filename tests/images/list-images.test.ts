import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";

const BASE = Date.UTC(2026, 4, 14);

let site: TestApp;
let stranger: Visitor;
let owner: { id: number; username: string };
/** Newest first; seven at a time share their moment. */
let ids: number[];

beforeAll(async () => {
  site = await startTestApp();
  stranger = createVisitor(site.app);
});
afterAll(() => site.close());

const idsOf = ({ $ }: Answer) =>
  $("[data-image-id]")
    .toArray()
    .map((card) => Number($(card).attr("data-image-id")));
const nextOf = ({ $ }: Answer) => $("a[rel=next]").attr("href");

/** Follows "Show more" to the end; `meanwhile` happens after each page. */
async function walk(path: string, meanwhile: (page: number) => Promise<void> = async () => {}) {
  const pages: number[][] = [];
  for (let next: string | undefined = path; next !== undefined && pages.length < 10; ) {
    const answer: Answer = await stranger.get(next);
    expect(answer.status).toBe(200);
    pages.push(idsOf(answer));
    next = nextOf(answer);
    await meanwhile(pages.length);
  }
  return pages;
}

describe("an empty site", () => {
  test("says so", async () => {
    const answer = await stranger.get("/images");
    expect(answer.status).toBe(200);
    expect(answer.$("[data-image-id]")).toHaveLength(0);
    expect(answer.$("main").text()).toContain("No pictures yet");
    expect(nextOf(answer)).toBeUndefined();
  });
});

describe("the list", () => {
  beforeAll(async () => {
    owner = await signedInPerson(site, { firstName: "Ada" });
    const rows = await createImageRows(site.deps.database, owner.id, 60, {
      createdAt: (index) => new Date(BASE - Math.floor(index / 7) * 1000),
    });
    ids = rows
      .map((id, index) => ({ id, group: Math.floor(index / 7) }))
      .sort((a, b) => a.group - b.group || b.id - a.id)
      .map(({ id }) => id);
  });

  test("has every picture once, newest first, 24 a page", async () => {
    const pages = await walk("/images");
    expect(pages.map((page) => page.length)).toEqual([24, 24, 12]);
    expect(pages.flat()).toEqual(ids);
  });

  test.each(["front page", "profile"])("is the same on the %s", async (page) => {
    const pages = await walk(page === "front page" ? "/" : `/users/${owner.username}`);
    expect(pages.flat()).toEqual(ids);
  });

  test("stays in step while pictures come and go", async () => {
    const [first = [], ...rest] = await walk("/images", async (page) => {
      if (page !== 1) return;
      await createImageRows(site.deps.database, owner.id, 5, {
        createdAt: () => new Date(BASE + 1000),
      });
      // The very row the cursor names, and one that is still to come.
      await site.deps.database.image.deleteMany({
        where: { id: { in: [ids[23] ?? 0, ids[40] ?? 0] } },
      });
    });
    expect(first).toEqual(ids.slice(0, 24));
    expect(rest.flat()).toEqual(ids.slice(24).filter((id) => id !== ids[40]));
  });

  test("to htmx is the next cards alone", async () => {
    const first = await stranger.get("/images");
    const more = await stranger.get(nextOf(first) ?? "", { "HX-Request": "true" });
    expect(more.status).toBe(200);
    expect(more.text).not.toMatch(/<html|<!doctype|<header|<ul/i);
    expect(idsOf(more)).toHaveLength(24);
    expect(nextOf(more)).toBeDefined();
    expect(more.headers.vary).toContain("HX-Request");
    expect(more.$("img:not([loading=lazy])")).toHaveLength(0);
  });

  test("gives anonymous visitors no cookie, so that it may be cached", async () => {
    for (const path of ["/", "/images", `/users/${owner.username}`]) {
      const answer = await createVisitor(site.app).get(path);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.headers["cache-control"]).toBe("public, no-cache");
    }
    const member = await signedInPerson(site);
    expect((await member.visitor.get("/images")).headers["cache-control"]).toBe("no-store");
  });

  test("keeps each picture's place, and loads only the first few at once", async () => {
    const { $ } = await stranger.get("/images");
    const images = $("[data-image-id] img").toArray();
    expect(images).toHaveLength(24);
    for (const image of images) {
      expect($(image).attr("width")).toMatch(/^\d+$/);
      expect($(image).attr("height")).toMatch(/^\d+$/);
      expect($(image).attr("srcset")).toMatch(/^\/media\/thumbnails\/\S+ \d+w/);
      expect($(image).attr("sizes")).toBeTruthy();
      expect($(image).attr("alt")).toMatch(/^Picture \d+$/);
      expect($(image).attr("style")).toBeUndefined();
    }
    const lazy = images.map((image) => $(image).attr("loading") === "lazy");
    const eager = lazy.indexOf(true);
    expect(eager).toBeGreaterThan(0);
    expect(eager).toBeLessThanOrEqual(8);
    expect(lazy.slice(eager).every(Boolean)).toBe(true);
  });

  test("writes hostile titles and names as words", async () => {
    const hostile = `"><img src=x onerror=alert(1)>{{ 7*7 }}`;
    const person = await signedInPerson(site, { firstName: hostile });
    const createdAt = () => new Date(BASE + 60_000);
    const [id] = await createImageRows(site.deps.database, person.id, 1, {
      title: hostile,
      createdAt,
    });
    const { $, text } = await stranger.get("/images");
    expect(text).not.toContain("<img src=x");
    expect($(`[data-image-id=${id}] img`).attr("alt")).toBe(hostile);
    expect($(`[data-image-id=${id}] a[href^="/users/"]`).text()).toBe(hostile);
  });

  test.each([
    ...["x", "1", "1-", "-1", "1-2-3", "-1-1", "1e3-1", "1-1e30", "1-2147483648", "٣-١"],
    ...["9999999999999999-1", "1.5-1", "1-1;select", "NaN-NaN", "%00", "\ud800", "' or 1=1 --"],
  ])("the cursor %j is refused", async (cursor) => {
    const query = cursor === "%00" ? cursor : encodeURIComponent(cursor.toWellFormed());
    expect([400, 404]).toContain((await stranger.get(`/images?cursor=${query}`)).status);
    expect([400, 404]).toContain(
      (await stranger.get(`/users/${owner.username}?cursor=${query}`)).status,
    );
  });

  test.each(["0-0", "0-1", "1-2147483647", "999999999999999-1", "253402300800000-1"])(
    "the cursor %s, which no page gives, is no failure",
    async (cursor) => {
      expect([200, 400, 404]).toContain((await stranger.get(`/images?cursor=${cursor}`)).status);
    },
  );

  test("a repeated cursor is junk, an empty one is none", async () => {
    expect((await stranger.get("/images?cursor=1-1&cursor=2-2")).status).toBe(400);
    expect((await stranger.get("/images?cursor[]=1-1")).status).toBe(400);
    expect((await stranger.get("/images?cursor=")).status).toBe(200);
  });
});

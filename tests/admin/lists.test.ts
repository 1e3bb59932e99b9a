import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { imagesAdmin } from "#features/admin/models/images.admin.ts";
import { staffWith } from "#tests/admin/callers.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

const now = new Date("2026-11-20T12:00:00Z");
const day = 86_400_000;

let site: TestApp;
let admin: { id: number; username: string; visitor: Visitor };

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
  admin = await signedInPerson(site, { isSuperuser: true, username: "keeper" });
});
afterAll(() => site.close());
beforeEach(() => site.deps.database.image.deleteMany());

const list = async (path: string) => {
  const answer = await admin.visitor.get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  const { $ } = answer;
  return {
    $,
    text: $("main").text().replace(/\s+/g, " "),
    labels: $("tbody [role=rowheader]")
      .toArray()
      .map((element) => $(element).text()),
    href: (text: string) =>
      $(".admin-page a")
        .filter((_, link) => $(link).text().trim().startsWith(text))
        .attr("href") ?? "",
  };
};
const titled = (...titles: string[]) =>
  titles.reduce<Promise<number[]>>(async (before, title, index) => {
    const createdAt = () => new Date(now.getTime() - index * 1000);
    const ids = await createImageRows(site.deps.database, admin.id, 1, { title, createdAt });
    return [...(await before), ...ids];
  }, Promise.resolve([]));

describe("a list", () => {
  test("shows the declared columns, thumbnails that hold their place, and the ways to other pages", async () => {
    const [id] = await titled("A heron");
    const { $, href } = await list("/admin/images");
    const headings = $("thead th").toArray();
    const declared = imagesAdmin.columns.map(({ label }) => label).filter((label) => label !== "");
    expect(headings.map((heading) => $(heading).text().trim())).toEqual(declared);
    expect(declared).toContain("Saved by");
    expect($("tbody img").attr()).toMatchObject({ width: "48", height: "48", loading: "lazy" });
    expect(href("A heron")).toBe(`/admin/images/${id}`);
    expect(href("keeper")).toBe(`/admin/users/${admin.id}`);
    expect($("tbody time").attr("datetime")).toBe(now.toISOString());
    expect($("tbody time").attr("title")).toBe("20 Nov 2026, 12:00 UTC");
    expect($("main").text()).toContain("Times are in UTC.");
    expect($(".section-nav [aria-current]").text()).toBe("Pictures");
  });

  test("whose first column leads elsewhere has a way to the row's own page", async () => {
    const [id = 0] = await titled("A heron");
    await site.deps.database.like.create({ data: { userId: admin.id, imageId: id } });
    const { $ } = await list("/admin/likes");
    expect($("tbody tr a").last().attr("href")).toBe(`/admin/likes/${admin.id}-${id}`);
  });

  test("says that it is empty, or that nothing matches", async () => {
    expect((await list("/admin/images")).text).toContain("No pictures yet");
    await titled("A heron");
    const { text, href } = await list("/admin/images?q=eagle&sort=title");
    expect(text).toContain("Nothing matches");
    expect(text).not.toContain("only words that begin");
    expect((await list("/admin/images?q=zz")).text).toContain("only words that begin");
    expect(href("Clear the filters")).toBe("/admin/images?sort=title");
  });

  test("is there for those who may see it, and nobody else", async () => {
    const editor = await staffWith(site, ["likes view", "images change"]);
    const status = async (path: string) => (await editor.send("get", path)).status;
    expect(await status("/admin/likes")).toBe(200);
    expect(await status("/admin/likes/export.csv")).toBe(200);
    expect(await status("/admin/images")).toBe(404);
    expect(await status("/admin/images/export.csv")).toBe(404);
    expect(await status("/admin/nothing")).toBe(404);
    const { text } = await editor.send("get", "/admin/likes");
    expect(text).toContain('href="/admin/likes"');
    expect(text).not.toContain('href="/admin/users"');
    expect(text).not.toContain('name="action"');
    expect(text).not.toContain("/admin/likes/new");
  });

  test("offers what may be done to the rows chosen", async () => {
    const [id] = await titled("A heron");
    const { $ } = await list("/admin/images?q=heron");
    const form = $("main form[method=post]");
    expect(form.attr("action")).toBe("/admin/images/actions?q=heron");
    const options = form.find("[name=action] option").toArray();
    expect(options.map((option) => $(option).val())).toEqual(["", "recount", "delete"]);
    expect(form.find("[type=checkbox]").attr("name")).toBe(`row-${id}`);
  });

  test("reads as few statements for many rows as for few", async () => {
    const statements = async (path: string) => (await queriesOf(() => list(path))).length;
    const found = "/admin/images?q=picture&owner=keeper";
    await createImageRows(site.deps.database, admin.id, 60);
    const few = await statements(found);
    await createImageRows(site.deps.database, admin.id, 120);
    expect(await statements(found)).toBe(few);
    const deeds = async () => statements("/admin/actions");
    const person = { targetType: "user", verb: "user_followed", targetId: admin.id } as const;
    const [targetId = 0] = await createImageRows(site.deps.database, admin.id, 1);
    const picture = { targetType: "image", verb: "image_liked", targetId } as const;
    const data = [person, picture].map((deed) => ({ userId: admin.id, ...deed }));
    await site.deps.database.action.createMany({ data });
    const fewDeeds = await deeds();
    await site.deps.database.action.createMany({ data: [...data, ...data, ...data] });
    expect(await deeds()).toBe(fewDeeds);
    // Two for the session; keys, rows and their owners; the plan and the count.
    expect(await statements("/admin/images")).toBe(7);
  });
});

describe("sorting", () => {
  test("goes by its headings, in both directions", async () => {
    await titled("b", "C", "A");
    const newest = await list("/admin/images");
    expect(newest.labels).toEqual(["b", "C", "A"]);
    expect(newest.$("[aria-sort=descending]").text().trim()).toBe("Saved");
    const byTitle = await list(newest.href("Title"));
    expect(byTitle.labels).toEqual(["A", "b", "C"]);
    expect(byTitle.$("[aria-sort=ascending]").text().trim()).toBe("Title");
    expect((await list(byTitle.href("Title"))).labels).toEqual(["C", "b", "A"]);
    expect(byTitle.href("Likes")).toContain("sort=-likes");
  });

  test("of profiles by person is by their names", async () => {
    const added = ["zoe", "Bea", "ana"];
    for (const username of added) await signedInPerson(site, { username });
    const names = async (sort: string) => {
      const { $ } = await list(`/admin/profiles?sort=${sort}`);
      const links = $("tbody a[href^='/admin/users/']").toArray();
      return links.map((link) => $(link).text()).filter((name) => added.includes(name));
    };
    expect(await names("person")).toEqual(["ana", "Bea", "zoe"]);
    expect(await names("-person")).toEqual(["zoe", "Bea", "ana"]);
  });

  test("keeps what is looked for", async () => {
    await titled("A heron", "B heron", "C");
    const found = await list("/admin/images?q=heron&format=jpeg");
    const sorted = await list(found.href("Title"));
    expect(sorted.labels).toEqual(["A heron", "B heron"]);
    expect(sorted.$("[name=q]").val()).toBe("heron");
    expect(sorted.$("form [name=sort]").val()).toBe("title");
    expect(sorted.$("[name=format] [selected]").val()).toBe("jpeg");
  });
});

describe("pages", () => {
  test("go on and back through all rows, each once, whatever they are sorted by", async () => {
    // Many of the same moment and the same title, so that only the last key tells them apart.
    const createdAt = (index: number) => new Date(now.getTime() - Math.floor(index / 30) * 1000);
    const ids = await createImageRows(site.deps.database, admin.id, 120, { createdAt, title: "X" });
    for (const sort of ["", "?sort=saved", "?sort=title", "?sort=-title", "?sort=likes"]) {
      const pages: string[][] = [];
      let at = `/admin/images${sort}`;
      let last = "";
      for (; at !== ""; at = (await list(at)).href("Next")) {
        pages.push(await keysOn(at));
        last = at;
      }
      expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
      expect(new Set(pages.flat()).size).toBe(ids.length);
      const second = (await list(last)).href("Previous");
      expect(await keysOn(second)).toEqual(pages[1]);
      const first = (await list(second)).href("Previous");
      expect(await keysOn(first)).toEqual(pages[0]);
      expect((await list(first)).href("Previous")).toBe("");
      expect((await list(`/admin/images${sort}`)).href("Previous")).toBe("");
    }
  });

  test("neither repeat nor skip what others save and delete meanwhile", async () => {
    await createImageRows(site.deps.database, admin.id, 60, {
      createdAt: (index) => new Date(now.getTime() - index * 1000),
    });
    const first = await list("/admin/images");
    await createImageRows(site.deps.database, admin.id, 5, { createdAt: () => now });
    await site.deps.database.image.deleteMany({ where: { title: { in: first.labels } } });
    expect((await list(first.href("Next"))).labels[0]).toBe("Picture 51");
  });

  test("that are no more lead back to the first", async () => {
    await createImageRows(site.deps.database, admin.id, 60);
    const next = (await list("/admin/images?q=picture")).href("Next");
    await site.deps.database.image.deleteMany();
    const { href, text } = await list(next);
    expect(text).toContain("Nothing further");
    expect(href("Back to the first page")).toBe("/admin/images?q=picture");
  });

  test("of tables with two keys", async () => {
    const ids = await createImageRows(site.deps.database, admin.id, 60);
    await site.deps.database.like.createMany({
      data: ids.map((imageId) => ({ userId: admin.id, imageId, createdAt: now })),
    });
    const next = (await list("/admin/likes")).href("Next");
    const keys = [...(await keysOn("/admin/likes")), ...(await keysOn(next))];
    expect(new Set(keys).size).toBe(60);
  });

  const keysOn = async (path: string) => {
    const { $ } = await list(path);
    return $("input[name^=row-]")
      .toArray()
      .map((box) => $(box).attr("name") ?? "");
  };
});

describe("periods", () => {
  test("are days and years of UTC", async () => {
    const ages = { today: 0, week: 5, month: 20, year: 100, before: 400 };
    for (const [title, days] of Object.entries(ages)) {
      const createdAt = () => new Date(now.getTime() - days * day);
      await createImageRows(site.deps.database, admin.id, 1, { title, createdAt });
    }
    const found = async (saved: string) => (await list(`/admin/images?saved=${saved}`)).labels;
    expect(await found("today")).toEqual(["today"]);
    expect(await found("7-days")).toEqual(["today", "week"]);
    expect(await found("30-days")).toEqual(["today", "week", "month"]);
    expect(await found("this-year")).toEqual(["today", "week", "month", "year"]);
    expect(await found("before-this-year")).toEqual(["before"]);
  });
});

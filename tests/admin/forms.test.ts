import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { createPeopleRows } from "#tests/factories/deeds.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let admin: Administrator;
let id: number;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
beforeEach(async () => {
  [id = 0] = await createImageRows(site.deps.database, admin.id, 1, { title: "A stork" });
});
afterAll(() => site.close());

const row = () => site.deps.database.image.findUniqueOrThrow({ where: { id } });
const changes = (objectId: string | number) =>
  site.deps.database.adminChange.findMany({
    where: { objectId: String(objectId) },
    orderBy: { id: "asc" },
  });
const page = () => `/admin/images/${id}`;

describe("the page of a picture", () => {
  test("shows it, with its words, and leads to its page on the site", async () => {
    const { $, headers } = await admin.visitor.get(page());
    expect($("h1").text()).toBe("A stork");
    expect($(".object-picture img").attr("alt")).toBe("A stork");
    expect($(`.admin-tools a[href="/images/${id}/a-stork"]`)).toHaveLength(1);
    expect($("input[name=title]").val()).toBe("A stork");
    expect($('dl[data-field="owner"] dd').text()).toBe(admin.username);
    expect(headers["cache-control"]).toBe("no-store");
  });

  test("names the lists of what belongs to it, with how much there is", async () => {
    await site.deps.database.like.create({ data: { userId: admin.id, imageId: id } });
    const { $ } = await admin.visitor.get(page());
    expect($(".related li").first().text().replace(/\s+/g, " ").trim()).toBe("Likes 1");
  });

  test("leads to whoever saved it, if they may be seen", async () => {
    const owner = `.related a[href="/admin/users/${admin.id}"]`;
    const { $ } = await admin.visitor.get(page());
    expect($(owner).text()).toBe(`Saved by ${admin.username}`);
    const { visitor } = await staffOf(site, ["images view"]);
    expect((await visitor.get(page())).$(owner)).toHaveLength(0);
  });

  test("leads to where it comes from, whoever only looks, as to a stranger", async () => {
    const data = { pageUrl: "https://birds.example/storks", sourceUrl: null };
    await site.deps.database.image.update({ where: { id }, data });
    const { visitor } = await staffOf(site, ["images view"]);
    const { $ } = await visitor.get(page());
    const link = $('dl[data-field="pageUrl"] a');
    expect([link.text(), link.attr("href")]).toEqual([data.pageUrl, data.pageUrl]);
    expect(link.attr("rel")).toBe("noopener nofollow ugc");
    expect($('dl[data-field="sourceUrl"] dd').text()).toBe("–");
    expect($('dl[data-field="sourceUrl"] a')).toHaveLength(0);
  });

  test("takes as many queries with a long history as with none", async () => {
    await admin.visitor.get(page());
    const before = await queriesOf(() => admin.visitor.get(page()));
    for (const title of ["One", "Two", "Three"]) await fillForm(admin.visitor, page(), { title });
    // What is said once is taken out of the session.
    await admin.visitor.get("/admin");
    const after = await queriesOf(() => admin.visitor.get(page()));
    expect(after.length).toBe(before.length);
    expect(before.length).toBeLessThanOrEqual(12);
  });
});

describe("saving", () => {
  test("changes the row, keeps what it was, and says so in the list", async () => {
    const answer = await fillForm(admin.visitor, page(), {
      title: " Zwei Störche ",
      description: "On the\r\nroof",
    });
    expect([answer.status, answer.location]).toEqual([303, "/admin/images"]);
    expect(await row()).toMatchObject({ title: "Zwei Störche", slug: "zwei-storche" });
    const list = await admin.visitor.get("/admin/images");
    expect(list.$(".flash").text()).toBe("“Zwei Störche” is saved.");
    const [change, ...others] = await changes(id);
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      actorId: admin.id,
      actorName: admin.username,
      model: "images",
      objectLabel: "Zwei Störche",
      kind: "changed",
      changes: [
        { field: "Title", before: "A stork", after: "Zwei Störche" },
        { field: "Description", before: "", after: expect.stringMatching(/^On the\r?\nroof$/) },
      ],
    });
  });

  test("goes on with the same form when asked to", async () => {
    const { $ } = await admin.visitor.get(page());
    expect($("button[name=continue]").text()).toBe("Save and continue editing");
    const answer = await fillForm(admin.visitor, page(), { title: "A crane", continue: "1" });
    expect([answer.status, answer.location]).toEqual([303, page()]);
    const again = await admin.visitor.get(page());
    expect(again.$(".flash").text()).toBe("“A crane” is saved.");
    expect(again.$("input[name=title]").val()).toBe("A crane");
    expect(again.$(".object-aside").text()).toContain("A stork");
  });

  test("what is as it was leaves nothing behind", async () => {
    await site.deps.database.image.update({
      where: { id },
      data: { description: "Two\nlines" },
    });
    const answer = await fillForm(admin.visitor, page(), { description: "Two\r\nlines" });
    expect(answer.status).toBe(303);
    expect(await changes(id)).toEqual([]);
    expect((await admin.visitor.get("/admin/images")).$(".flash").text()).toContain(
      "you changed nothing",
    );
  });

  test("what cannot be keeps what was typed, with a sentence beside the field", async () => {
    const answer = await fillForm(admin.visitor, page(), {
      title: "x".repeat(201),
      description: "Typed with care",
      pageUrl: "javascript:alert(1)",
    });
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors).sort()).toEqual(["pageUrl", "title"]);
    expect(answer.$("textarea[name=description]").text().trim()).toBe("Typed with care");
    expect(answer.$("input[name=title]").attr("aria-invalid")).toBe("true");
    expect(answer.$("h1").text()).toBe("A stork");
    expect(await row()).toMatchObject({ title: "A stork", description: "" });
    expect(await changes(id)).toEqual([]);
    const mended = await sendForm(admin.visitor, answer.$, { title: "Mended", pageUrl: "" });
    expect(mended.status).toBe(303);
    expect(await row()).toMatchObject({ title: "Mended", description: "Typed with care" });
  });

  test("what is no field to write is not looked at", async () => {
    const { $ } = await admin.visitor.get(page());
    const before = await row();
    const [other = 0] = await createPeopleRows(site.deps.database, 1, "thief");
    const answer = await admin.visitor.post(page(), {
      version: String($("input[name=version]").val()),
      title: "Mine",
      description: "",
      pageUrl: "",
      sourceUrl: "",
      ownerId: String(other),
      owner: "thief_0",
      sha256: "0".repeat(64),
      totalLikes: "1000",
      likes: "1000",
      constructor: "x",
    });
    expect(answer.status).toBe(303);
    expect(await row()).toEqual({ ...before, title: "Mine", slug: "mine" });
    expect((await changes(id))[0]?.changes).toEqual([
      { field: "Title", before: "A stork", after: "Mine" },
    ]);
  });

  test("what went meanwhile is told with a sentence", async () => {
    const { $ } = await admin.visitor.get(page());
    await site.deps.database.image.delete({ where: { id } });
    const answer = await sendForm(admin.visitor, $, { title: "Too late" });
    expect(answer.status).toBe(404);
    expect(answer.$("main").text()).toContain("There is no such picture, or not any more.");
    expect(await changes(id)).toEqual([]);
  });

  test("what goes wrong leads administrators back, and tells others nothing", async () => {
    for (const path of ["/admin/images/2147483647", "/admin/images?sort=nothing"]) {
      const { $ } = await admin.visitor.get(path);
      expect($(".section-nav a[aria-current]").attr("href")).toBe("/admin/images");
      expect($(".form-actions a[href='/admin/images']").text()).toBe("All pictures");
    }
    const staff = await staffOf(site, ["likes view"]);
    const known = await staff.visitor.get("/admin/images/2147483647");
    expect(known.status).toBe(404);
    expect(known.$(`main a[href="/admin/images"]`)).toHaveLength(0);
    const { visitor } = await signedInPerson(site);
    const there = await visitor.get("/admin/images");
    const nowhere = await visitor.get("/nothing-at-all");
    expect([there.status, there.$("main").html()]).toEqual([404, nowhere.$("main").html()]);
  });

  test("a form without its token changes nothing", async () => {
    const answer = await admin.visitor.post(page(), { title: "Forged" }, { csrf: null });
    expect(answer.status).toBe(403);
    expect((await row()).title).toBe("A stork");
  });
});

describe("junk in an address is nothing", () => {
  const keys = [
    "0",
    "-1",
    "1e30",
    "3-x",
    "12345678901",
    "2147483648",
    "01",
    "1.5",
    "a".repeat(5000),
  ];

  test.each(keys)("%s", async (key) => {
    for (const path of [`/admin/images/${key}`, `/admin/images/${key}/delete`]) {
      expect((await admin.visitor.get(path)).status).toBe(404);
      expect((await admin.visitor.post(path)).status).toBe(404);
    }
    expect((await admin.visitor.get(`/admin/images/${key}/history`)).status).toBe(404);
    expect((await admin.visitor.get(`/admin/likes/${key}`)).status).toBe(404);
    expect((await admin.visitor.get(`/admin/sessions/${key}`)).status).toBe(404);
  });

  test.each(["%00", "%C0%AF", "1%00", "%E0%A4%A"])("%s", async (key) => {
    const { status } = await admin.visitor.get(`/admin/images/${key}`);
    expect([400, 404]).toContain(status);
  });

  test("a model there is not, and what a model has not", async () => {
    for (const path of ["/admin/nothing/1", "/admin/__proto__/1", "/admin/images/new"]) {
      expect((await admin.visitor.get(path)).status).toBe(404);
      expect((await admin.visitor.post(path)).status).toBe(404);
    }
  });

  test("a body of other things", async () => {
    for (const version of ["x.y", ".", "1.99999999999999999999", "a".repeat(2000), "x.-1"]) {
      const { status } = await admin.visitor.post(page(), { title: "Junk", version });
      expect([400, 409]).toContain(status);
    }
    expect((await admin.visitor.post(page())).status).toBe(422);
    expect((await row()).title).toBe("A stork");
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordChange } from "#features/admin/record-change.ts";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { fillForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: Administrator;
const now = new Date("2026-11-21T12:00:00Z");

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
  admin = await superuserOf(site);
});
afterAll(() => site.close());

const lines = ({ $ }: Answer) =>
  $(".change")
    .toArray()
    .map((change) => $(change).text().replace(/\s+/g, " ").trim());

const makeChanges = (count: number, values: object = {}) =>
  site.deps.database.adminChange.createManyAndReturn({
    data: Array.from({ length: count }, (_, index) => ({
      actorId: admin.id,
      actorName: admin.username,
      model: "images",
      objectId: "1",
      objectLabel: `Label ${index}`,
      kind: "changed" as const,
      changes: [{ field: "Title", before: "Old", after: `New ${index}` }],
      createdAt: new Date(now.getTime() - 7_200_000),
      ...values,
    })),
  });

describe("what a page of the history says", () => {
  let answer: Answer;
  beforeAll(async () => {
    await makeChanges(1, { objectId: "77", objectLabel: "A <b>stork</b>" });
    await makeChanges(1, {
      kind: "deleted",
      objectId: "78",
      objectLabel: "Gone",
      changes: [{ field: "Title", before: "Gone", after: "" }],
    });
    await makeChanges(1, {
      objectId: "79",
      changes: [{ field: "Description", before: "", after: "Long. ".repeat(40) }],
    });
    answer = await admin.visitor.get("/admin/history");
  });

  test("is who did what to what, when, and what it was", () => {
    const line = lines(answer).find((each) => each.includes("stork"));
    expect(line).toMatch(
      /^\S+ changed the picture A <b>stork<\/b>, 2 hours ago Title: Old → ?is now New 0$/,
    );
    expect(line).toContain(admin.username);
    const { $ } = answer;
    expect($(".change time").first().attr("datetime")).toBe("2026-11-21T10:00:00.000Z");
    expect($(".change time").first().attr("title")).toBe("21 November 2026, 10:00 UTC");
    expect($(`.change a[href="/admin/users/${admin.id}"]`).first().text()).toBe(admin.username);
    expect($('.change a[href="/admin/images/77/history"]')).toHaveLength(1);
  });

  test("folds what is long", () => {
    const folded = answer.$(".change details");
    expect(folded).toHaveLength(1);
    expect(folded.find("summary").text()).toBe("Description");
    expect(folded.find("ins").text()).toBe("Long. ".repeat(40));
    expect(folded.find("del").text()).toBe("nothing");
  });

  test("leads from what is gone to the history that is left", () => {
    expect(answer.$('.change a[href="/admin/images/78/history"]').text()).toBe("Gone");
  });
});

test("a change leads to the row while it is there, and to the history that is left", async () => {
  const [id = 0] = await createImageRows(site.deps.database, admin.id, 1, { title: "A stork" });
  await fillForm(admin.visitor, `/admin/images/${id}`, { title: "A crane" });
  for (const path of ["/admin/history", "/admin"]) {
    const { $ } = await admin.visitor.get(path);
    expect($(`.change a[href="/admin/images/${id}"]`).first().text()).toBe("A crane");
  }
  await site.deps.database.image.delete({ where: { id } });
  for (const path of ["/admin/history", "/admin"]) {
    const { $ } = await admin.visitor.get(path);
    const link = $(".change-head").first().find("a").last();
    expect([link.text(), link.attr("href")]).toEqual(["A crane", `/admin/images/${id}/history`]);
    expect((await admin.visitor.get(link.attr("href") ?? "")).status).toBe(200);
  }
});

describe("the history of a row", () => {
  test("stays when the row is gone, and for whoever did it", async () => {
    const other = await superuserOf(site);
    const [id = 0] = await createImageRows(site.deps.database, admin.id, 1, { title: "A stork" });
    await fillForm(other.visitor, `/admin/images/${id}`, { title: "A crane" });
    await site.deps.database.image.delete({ where: { id } });
    await site.deps.database.user.delete({ where: { id: other.id } });
    expect((await admin.visitor.get(`/admin/images/${id}`)).status).toBe(404);
    const answer = await admin.visitor.get(`/admin/images/${id}/history`);
    expect(answer.status).toBe(200);
    expect(answer.$("h1").text()).toBe("History of A crane");
    expect(lines(answer)[0]).toMatch(/^Changed by \S+, just now Title: A stork/);
    expect(answer.$(".change-head a")).toHaveLength(0);
  });

  test("that was never there is not there", async () => {
    expect((await admin.visitor.get("/admin/images/2147483647/history")).status).toBe(404);
  });

  test("of a row without one says so", async () => {
    const [id = 0] = await createImageRows(site.deps.database, admin.id, 1);
    const answer = await admin.visitor.get(`/admin/images/${id}/history`);
    expect(answer.$(".admin-page").text()).toContain("Nothing was changed here yet.");
  });
});

test("a change by somebody who is gone before it is written keeps their name", async () => {
  const { id, username } = await superuserOf(site);
  await site.deps.database.user.delete({ where: { id } });
  await recordChange(site.deps.database, {
    actor: { id, username, isSuperuser: true, may: () => true },
    model: "images",
    objectId: "90",
    objectLabel: "x".repeat(400),
    kind: "deleted",
    changes: [],
    now,
  });
  const rows = await site.deps.database.adminChange.findMany({ where: { objectId: "90" } });
  expect(rows).toMatchObject([
    { actorId: null, actorName: username, objectLabel: "x".repeat(300), createdAt: now },
  ]);
});

describe("the history of a person", () => {
  test("is that of their profile, too, for whoever may view both", async () => {
    const { id } = await signedInPerson(site);
    await fillForm(admin.visitor, `/admin/profiles/${id}`, { bio: "Of birds" });
    await fillForm(admin.visitor, `/admin/users/${id}`, { firstName: "Robin" });
    const both = [/About them: nothing → ?is now Of birds/, /First name: .* → ?is now Robin/];
    const looker = await staffOf(site, ["users view"]);
    for (const path of ["", "/history"]) {
      for (const model of ["users", "profiles"]) {
        const text = lines(await admin.visitor.get(`/admin/${model}/${id}${path}`)).join();
        for (const each of both) expect(text).toMatch(each);
      }
      const text = lines(await looker.visitor.get(`/admin/users/${id}${path}`)).join();
      expect([text.includes("Robin"), text.includes("birds")]).toEqual([true, false]);
    }
  });

  test("names groups to whoever may view groups, and to nobody else", async () => {
    const { id } = await signedInPerson(site);
    const group = await site.deps.database.group.create({ data: { name: "Moderators" } });
    const filled = { [`group-${group.id}`]: true, firstName: "Robin" };
    await fillForm(admin.visitor, `/admin/users/${id}`, filled);
    const { visitor } = await staffOf(site, ["users view"]);
    for (const path of ["/admin", "/admin/history", `/admin/users/${id}`]) {
      const told = (await admin.visitor.get(path)).$(".change").first().text();
      expect(told.replace(/\s+/g, " ")).toMatch(/Group Moderators: No → ?(is now )?Yes/);
      const hidden = (await visitor.get(path)).text;
      expect([hidden.includes("Moderators"), hidden.includes("Robin")]).toEqual([false, true]);
    }
  });
});

test("what a person's form changed of their profile is for whoever may view profiles", async () => {
  const { id } = await signedInPerson(site);
  const filled = { dateOfBirth: "1990-03-14", firstName: "Robin" };
  await fillForm((await superuserOf(site)).visitor, `/admin/users/${id}`, filled);
  const { visitor } = await staffOf(site, ["users view"]);
  const both = await staffOf(site, ["users view", "profiles view"]);
  for (const path of ["/admin", "/admin/history", `/admin/users/${id}`]) {
    const [hidden, told] = [await visitor.get(path), await both.visitor.get(path)];
    expect([hidden.text.includes("1990"), hidden.text.includes("Robin")]).toEqual([false, true]);
    expect(told.$(".change").first().text()).toContain("14 March 1990");
  }
});

describe("the whole history", () => {
  test("goes on fifty at a time, each once, and takes no more queries for it", async () => {
    await makeChanges(120, { model: "likes", objectId: "1-2" });
    const seen: string[] = [];
    let path: string | undefined = "/admin/history?model=likes";
    const counts: number[] = [];
    let last: Answer | undefined;
    while (path) {
      let answer: Answer | undefined;
      const sent = await queriesOf(async () => {
        answer = await admin.visitor.get(path ?? "");
      });
      counts.push(sent.length);
      if (!answer) throw new Error("No answer.");
      seen.push(
        ...answer
          .$(".change ins")
          .toArray()
          .map((ins) => answer?.$(ins).text() ?? ""),
      );
      const next: string | undefined = answer.$("a[rel=next]").attr("href");
      path = next && new URL(next, "http://localhost/admin/history").href.slice(16);
      if (!next) last = answer;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => `New ${119 - index}`));
    expect(counts).toHaveLength(3);
    expect(new Set(counts).size).toBe(1);

    // And back, page by page.
    const back: string[] = [];
    while (last) {
      const { $ }: Answer = last;
      const words = $(".change ins").toArray();
      back.unshift(...words.map((ins) => $(ins).text()));
      const newer: string | undefined = $("a[rel=prev]").attr("href");
      last = newer ? await admin.visitor.get(`/admin/history${newer}`) : undefined;
    }
    expect(back).toEqual(seen);
  });

  test("is filtered by person, model and kind", async () => {
    const other = await superuserOf(site);
    await makeChanges(1, {
      ...{ actorId: other.id, actorName: other.username, model: "groups", kind: "added" },
    });
    await makeChanges(1, { actorId: null, actorName: "long_gone", model: "groups" });
    const count = async (query: string) =>
      lines(await admin.visitor.get(`/admin/history?${query}`)).length;
    expect(await count(`person=${other.username.toUpperCase()}`)).toBe(1);
    expect(await count("person=long_gone")).toBe(1);
    expect(await count("person=nobody")).toBe(0);
    expect(await count("model=groups")).toBe(2);
    expect(await count("model=groups&kind=added")).toBe(1);
    expect(await count(`model=images&person=${other.username}`)).toBe(0);
    const { $ } = await admin.visitor.get("/admin/history?model=groups&kind=added");
    expect($("select[name=model]").val()).toBe("groups");
    expect($("select[name=kind]").val()).toBe("added");
  });

  test.each([
    ["model=nothing", 404],
    ["kind=nothing", 400],
    ["before=x", 400],
    ["before=-1", 400],
    ["before=99999999999999999999", 400],
    ["before=9999999999999999999", 400],
    ["before=1e30", 400],
    ["before=0", 200],
    ["after=x", 400],
    ["after=9223372036854775807", 200],
    ["person=%25", 200],
    [`person=${"x".repeat(3000)}`, 200],
    ["model=images&model=likes", 400],
  ])("answers %s with %d", async (query, status) => {
    expect((await admin.visitor.get(`/admin/history?${query}`)).status).toBe(status);
  });

  test("shows staff only what they may view", async () => {
    await makeChanges(1, { model: "users", objectId: "5", objectLabel: "Somebody private" });
    await makeChanges(1, { model: "jobs", objectId: "queue/1", objectLabel: "A job" });
    const { visitor } = await staffOf(site, ["images view"]);
    const answer = await visitor.get("/admin/history");
    expect(answer.status).toBe(200);
    expect(lines(answer).length).toBeGreaterThan(0);
    expect(lines(answer).every((line) => line.includes("the picture"))).toBe(true);
    expect(answer.text).not.toContain("Somebody private");
    expect(answer.$("select[name=model] option").text()).toMatch(/^Everything\s*Pictures$/);
    expect(answer.$(".change-head a[href^='/admin/users']")).toHaveLength(0);
    expect((await visitor.get("/admin/history?model=users")).status).toBe(404);
    await makeChanges(1, { model: "jobs", objectId: "mails", objectLabel: "mails" });
    const jobs = await staffOf(site, ["jobs view"]);
    const told = lines(await jobs.visitor.get("/admin/history")).join();
    expect(told).toContain("the job A job");
    expect(told).toContain("the queue mails");
    const none = await staffOf(site, []);
    expect(lines(await none.visitor.get("/admin/history"))).toEqual([]);
  });

  test("is there for nobody else", async () => {
    const person = await signedInPerson(site);
    expect((await person.visitor.get("/admin/history")).status).toBe(404);
    expect((await person.visitor.get("/admin/images/77/history")).status).toBe(404);
  });
});

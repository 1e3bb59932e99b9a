import { afterAll, beforeEach, describe, expect, test } from "vitest";
import {
  createContacts,
  createDeeds,
  createPeopleRows,
  type Done,
} from "#tests/factories/deeds.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer, Visitor } from "#tests/support/visitor.ts";

const minute = 60_000;
const now = Date.UTC(2026, 4, 14, 12);
const ago = (minutes: number) => new Date(now - minutes * minute);

let site: TestApp;
let me: { id: number; visitor: Visitor };
/** People who did nothing yet; `names` are their usernames. */
let ana: number;
let bo: number;
let round = 0;
let images: number[];

beforeEach(async () => {
  site ??= await startTestApp({}, { clock: () => new Date(now) });
  round += 1;
  await site.deps.database.action.deleteMany();
  me = await signedInPerson(site);
  [ana = 0, bo = 0] = await createPeopleRows(site.deps.database, 2, `person_${round}`);
  images = await createImageRows(site.deps.database, bo, 8);
  await site.deps.database.action.deleteMany();
});
afterAll(() => site.close());

const follow = (...ids: number[]) => createContacts(site.deps.database, me.id, ids);
const did = (...deeds: Done[]) => createDeeds(site.deps.database, deeds);
const like = (by: number, target: number, minutes: number): Done => ({
  ...{ by, target, verb: "image_liked", at: ago(minutes) },
});
const save = (by: number, target: number, minutes: number): Done => ({
  ...{ by, target, verb: "image_bookmarked", at: ago(minutes) },
});
const image = (index: number) => images[index] ?? 0;

const rowsOf = ({ $ }: Answer) =>
  $("[data-action]")
    .toArray()
    .map((row) => ({
      verb: $(row).attr("data-action"),
      words: $(row).find(".deed-words").text().replace(/\s+/g, " ").trim(),
      images: $(row)
        .find("[data-image-id]")
        .toArray()
        .map((element) => Number($(element).attr("data-image-id"))),
      time: $(row).find("time").attr("datetime"),
    }));
const feed = async (path = "/") => rowsOf(await me.visitor.get(path));
const words = async (path = "/") => (await feed(path)).map((row) => row.words);

describe("who follows somebody", () => {
  test("sees what they did, newest first, and neither others' deeds nor their own", async () => {
    await follow(ana);
    await did(
      save(bo, image(0), 1),
      save(me.id, image(1), 2),
      like(me.id, image(1), 2),
      save(ana, image(2), 3),
      like(ana, image(3), 5),
      { by: ana, verb: "user_followed", target: bo, at: ago(60) },
      { by: ana, verb: "user_joined", target: ana, at: ago(60 * 24) },
    );
    const rows = await feed();
    expect(rows.map((row) => row.verb)).toEqual([
      ...["image_bookmarked", "image_liked", "user_followed", "user_joined"],
    ]);
    expect(rows.map((row) => row.words)).toEqual([
      `person_${round}_0 saved Picture 3 · 3 minutes ago`,
      `person_${round}_0 liked Picture 4 · 5 minutes ago`,
      `person_${round}_0 follows person_${round}_1 · 1 hour ago`,
      `person_${round}_0 joined Magpie · yesterday`,
    ]);
    expect(rows.map((row) => row.images)).toEqual([[image(2)], [image(3)], [], []]);
    expect(rows[0]?.time).toBe(ago(3).toISOString());
  });

  test("is told when they are followed themselves", async () => {
    await follow(ana);
    await did({ by: ana, verb: "user_followed", target: me.id, at: ago(1) });
    expect(await words()).toEqual([`person_${round}_0 follows you · 1 minute ago`]);
  });

  test("has a way on when nobody they follow did anything", async () => {
    await follow(ana);
    await did(save(bo, image(0), 1));
    const { $ } = await me.visitor.get("/");
    expect($("[data-action]")).toHaveLength(0);
    expect($("main .empty a[href='/users']")).toHaveLength(1);
  });
});

test("who follows only somebody who was deactivated follows nobody", async () => {
  const [cy = 0] = await createPeopleRows(site.deps.database, 1, `gone_${round}`);
  await site.deps.database.user.update({ where: { id: cy }, data: { isActive: false } });
  await follow(cy);
  await did(save(bo, image(0), 1));
  const { $ } = await me.visitor.get("/");
  expect($("[data-action]")).toHaveLength(1);
  expect($("h1").text()).toBe("What people do");
});

test("who follows nobody sees what everybody else did, and whom to follow", async () => {
  await did(save(bo, image(0), 1), save(me.id, image(1), 2), like(ana, image(2), 3));
  const answer = await me.visitor.get("/");
  expect(rowsOf(answer).map((row) => row.verb)).toEqual(["image_bookmarked", "image_liked"]);
  const suggested = answer.$(".suggestions form[action$='/follow']").toArray();
  expect(suggested.map((form) => answer.$(form).attr("action"))).toContain(
    `/users/person_${round}_1/follow`,
  );
  await follow(bo);
  const { $ } = await me.visitor.get("/");
  expect($(".suggestions")).toHaveLength(0);
});

describe("adjacent likes by one person", () => {
  test("share a row with their pictures, and others' or other deeds part them", async () => {
    await follow(ana, bo);
    await did(
      ...[0, 1, 2].map((index) => like(ana, image(index), 1 + index)),
      like(bo, image(3), 5),
      like(ana, image(4), 6),
      save(ana, image(5), 7),
      like(ana, image(6), 8),
      like(ana, image(7), 9),
    );
    const rows = await feed();
    expect(rows.map((row) => row.images)).toEqual([
      ...[[0, 1, 2], [3], [4], [5], [6, 7]].map((indexes) => indexes.map(image)),
    ]);
    expect(rows[0]?.words).toContain("liked 3 pictures");
  });

  test("show five of many", async () => {
    await follow(ana);
    await did(...images.map((id, index) => like(ana, id, index)));
    const { $ } = await me.visitor.get("/");
    expect($("[data-action]")).toHaveLength(1);
    expect($("[data-action]").text()).toContain("liked 8 pictures");
    expect($("[data-action] [data-image-id]")).toHaveLength(5);
    expect($("[data-action]").text()).toContain("and 3 more");
  });
});

describe("a long feed", () => {
  test("comes in pages of 20 rows, each deed once, also when many were done at once", async () => {
    await follow(ana, bo);
    const many = await createImageRows(site.deps.database, bo, 55);
    await did(...many.map((id, index) => save(index % 3 ? ana : bo, id, Math.floor(index / 7))));
    const seen: number[] = [];
    const sizes: number[] = [];
    for (let next: string | undefined = "/"; next; ) {
      const answer: Answer = await me.visitor.get(next, { "HX-Request": "true" });
      expect(answer.text).not.toContain("<html");
      sizes.push(rowsOf(answer).length);
      seen.push(...rowsOf(answer).flatMap((row) => row.images));
      next = answer.$("a[rel=next]").attr("href");
    }
    expect(sizes).toEqual([20, 20, 15]);
    expect(seen.toSorted((a, b) => a - b)).toEqual(many);
  });

  test("of likes leads on, though a page has few rows", async () => {
    await follow(ana);
    const many = await createImageRows(site.deps.database, bo, 430);
    await did(...many.map((id, index) => like(ana, id, index)));
    const pages: string[] = [];
    for (let next: string | undefined = "/"; next; ) {
      const answer: Answer = await me.visitor.get(next);
      pages.push(...rowsOf(answer).map((row) => /liked \d+/.exec(row.words)?.[0] ?? ""));
      next = answer.$("a[rel=next]").attr("href");
    }
    expect(pages).toEqual(["liked 200", "liked 200", "liked 30"]);
  });

  test("takes as many queries as a short one: four at most, besides the session's", async () => {
    const count = async () => {
      const queries = await queriesOf(() => me.visitor.get("/"));
      return queries.filter(({ text }) => !/session/.test(text)).length;
    };
    await did(save(bo, image(0), 1));
    expect(await count()).toBeLessThanOrEqual(4);
    await follow(ana, bo, ...(await createPeopleRows(site.deps.database, 30, `more_${round}`)));
    const few = await count();
    await did(...images.flatMap((id, index) => [like(ana, id, index), save(bo, id, index)]), {
      by: ana,
      verb: "user_followed",
      target: bo,
      at: ago(30),
    });
    expect(await count()).toBe(few);
    expect(few).toBeLessThanOrEqual(4);
  });

  test("of likes in runs has twenty rows, in four queries too", async () => {
    await follow(ana, bo);
    const many = await createImageRows(site.deps.database, bo, 150);
    await did(...many.map((id, index) => like(Math.floor(index / 5) % 2 ? ana : bo, id, index)));
    const queries = await queriesOf(async () => {
      const rows = await feed();
      expect(rows).toHaveLength(20);
      expect(new Set(rows.map((row) => row.images.length))).toEqual(new Set([5]));
    });
    expect(queries.filter(({ text }) => !/session/.test(text)).length).toBeLessThanOrEqual(4);
  });

  test.each(["x", "1-x", "-1-1", "1-99999999999999999", "1.5-2", "NaN-1"])(
    "cannot be read from %s on",
    async (cursor) => {
      expect((await me.visitor.get(`/?cursor=${cursor}`)).status).toBe(400);
    },
  );
});

describe("what went", () => {
  test("a deactivated person's deeds, pictures and followers' words are left out", async () => {
    await follow(ana, bo);
    const [cy = 0] = await createPeopleRows(site.deps.database, 1, `hidden_${round}`);
    await site.deps.database.user.update({ where: { id: cy }, data: { isActive: false } });
    await follow(cy);
    const [hidden = 0] = await createImageRows(site.deps.database, cy, 1);
    await did(
      save(cy, hidden, 1),
      like(ana, hidden, 2),
      { by: ana, verb: "user_followed", target: cy, at: ago(3) },
      save(bo, image(0), 4),
    );
    expect((await feed()).map((row) => row.images)).toEqual([[image(0)]]);
  });

  test("a deleted picture takes its deeds along, an unliked one leaves the deed", async () => {
    const other = await signedInPerson(site);
    await follow(other.id);
    const [own = 0] = await createImageRows(site.deps.database, other.id, 1);
    await other.visitor.post(`/images/${own}/like`);
    await other.visitor.post(`/images/${image(0)}/like`);
    await other.visitor.post(`/images/${image(0)}/unlike`);
    expect((await feed()).flatMap((row) => row.images)).toEqual([image(0), own]);
    await other.visitor.post(`/images/${own}/delete`);
    expect((await feed()).flatMap((row) => row.images)).toEqual([image(0)]);
  });
});

import type { CheerioAPI } from "cheerio";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { removeImage } from "#features/images/remove-image.ts";
import { type Administrator, superuserOf } from "#tests/admin/administrators.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

// Two administrators have the same form open.

let site: TestApp;
let first: Administrator;
let second: Administrator;
let id: number;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  [first, second] = await Promise.all([superuserOf(site), superuserOf(site)]);
});
beforeEach(async () => {
  [id = 0] = await createImageRows(site.deps.database, first.id, 1, { title: "A stork" });
});
afterAll(() => site.close());

const page = () => `/admin/images/${id}`;
const row = () => site.deps.database.image.findUniqueOrThrow({ where: { id } });
const history = () =>
  site.deps.database.adminChange.findMany({
    where: { model: "images", objectId: String(id) },
    orderBy: { id: "asc" },
  });
const words = ($: CheerioAPI, selector: string) => $(selector).text().replace(/\s+/g, " ").trim();

describe("whoever saves second", () => {
  test("is told who changed what, and keeps what they typed", async () => {
    const { $ } = await second.visitor.get(page());
    await fillForm(first.visitor, page(), { title: "A crane" });
    const answer = await sendForm(second.visitor, $, { title: "A heron", description: "Mine" });
    expect(answer.status).toBe(409);
    expect(answer.errors["form"]).toContain("changed while you had the form open");
    const told = words(answer.$, ".meanwhile");
    expect(told).toContain(`Changed by ${first.username}`);
    expect(told).toMatch(/Title: A stork →\s?is now A crane/);
    expect(answer.$("input[name=title]").val()).toBe("A heron");
    expect(words(answer.$, '[data-current="title"]')).toBe("Now: A crane");
    expect(words(answer.$, '[data-current="description"]')).toBe("Now: nothing");
    expect(answer.$("[data-current]")).toHaveLength(2);
    expect((await row()).title).toBe("A crane");
    expect(await history()).toHaveLength(1);
  });

  test("may save theirs all the same, and the history tells both", async () => {
    const { $ } = await second.visitor.get(page());
    await fillForm(first.visitor, page(), { title: "A crane" });
    const told = await sendForm(second.visitor, $, { title: "A heron" });
    expect(words(told.$, "form .button-primary")).toBe("Save mine anyway");
    expect((await sendForm(second.visitor, told.$)).status).toBe(303);
    expect((await row()).title).toBe("A heron");
    expect((await history()).map(({ changes }) => changes)).toEqual([
      [{ field: "Title", before: "A stork", after: "A crane" }],
      [{ field: "Title", before: "A crane", after: "A heron" }],
    ]);
  });

  test("does not put back what they never touched", async () => {
    const { $ } = await second.visitor.get(page());
    await fillForm(first.visitor, page(), { description: "By the river" });
    const told = await sendForm(second.visitor, $, { title: "A heron" });
    expect(told.status).toBe(409);
    expect(told.$("textarea[name=description]").text().trim()).toBe("By the river");
    expect(words(told.$, "[data-current]")).toBe("Now: A stork");
    expect((await sendForm(second.visitor, told.$)).status).toBe(303);
    expect(await row()).toMatchObject({ title: "A heron", description: "By the river" });
  });

  test("may load what it is now", async () => {
    const { $ } = await second.visitor.get(page());
    await fillForm(first.visitor, page(), { title: "A crane" });
    const told = await sendForm(second.visitor, $, { title: "A heron" });
    const href = told.$(".meanwhile a").last().attr("href") ?? "";
    expect((await second.visitor.get(href)).$("input[name=title]").val()).toBe("A crane");
  });

  test("is told again when it changed once more", async () => {
    const { $ } = await second.visitor.get(page());
    await fillForm(first.visitor, page(), { title: "A crane" });
    const told = await sendForm(second.visitor, $, { title: "A heron" });
    await fillForm(first.visitor, page(), { title: "A swan" });
    const again = await sendForm(second.visitor, told.$);
    expect(again.status).toBe(409);
    expect(words(again.$, ".meanwhile")).not.toContain("A stork");
    expect(words(again.$, '[data-current="title"]')).toBe("Now: A swan");
  });

  test("of a person is told of what was done on the page of their profile", async () => {
    const path = `/admin/users/${first.id}`;
    const { $ } = await second.visitor.get(path);
    await fillForm(first.visitor, `/admin/profiles/${first.id}`, { bio: "By the sea" });
    const answer = await sendForm(second.visitor, $, { bio: "By the river" });
    expect(answer.status).toBe(409);
    expect(words(answer.$, ".meanwhile")).toContain(`Changed by ${first.username}`);
    expect(words(answer.$, ".meanwhile")).toMatch(/About them: nothing →\s?is now By the sea/);
  });

  test("is told of a change that was made elsewhere", async () => {
    const { $ } = await second.visitor.get(page());
    await site.deps.database.image.update({ where: { id }, data: { title: "By its owner" } });
    const answer = await sendForm(second.visitor, $, { title: "A heron" });
    expect(answer.status).toBe(409);
    expect(words(answer.$, ".meanwhile")).toContain("The change was not made here.");
    expect(words(answer.$, '[data-current="title"]')).toBe("Now: By its owner");
  });

  test("with something wrong is told of the change all the same, once it is right", async () => {
    const { $ } = await second.visitor.get(page());
    await fillForm(first.visitor, page(), { title: "A crane" });
    const wrong = await sendForm(second.visitor, $, { title: "" });
    expect([wrong.status, Object.keys(wrong.errors)]).toEqual([422, ["title"]]);
    const right = await sendForm(second.visitor, wrong.$, { title: "A heron" });
    expect(right.status).toBe(409);
    expect(words(right.$, ".meanwhile")).toContain(first.username);
    expect((await row()).title).toBe("A crane");
  });
});

test("the same once more, as from a second click, is no quarrel", async () => {
  const { $ } = await first.visitor.get(page());
  const answers = await Promise.all(
    [1, 2, 3].map(() => sendForm(first.visitor, $, { title: "A crane" })),
  );
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
  expect((await sendForm(first.visitor, $, { title: "A crane" })).status).toBe(303);
  expect(await history()).toHaveLength(1);
});

test("counters that move are no change", async () => {
  const { $ } = await first.visitor.get(page());
  await site.deps.database.image.update({
    where: { id },
    data: { totalLikes: { increment: 5 }, totalViews: { increment: 50 } },
  });
  expect((await sendForm(first.visitor, $, { title: "A crane" })).status).toBe(303);
});

test("of twenty forms sent at once one is saved, and the others are told", async () => {
  const pages = await Promise.all([first, second].map(({ visitor }) => visitor.get(page())));
  const titles = Array.from({ length: 20 }, (_, index) => `Bird ${index}`);
  const answers = await Promise.all(
    titles.map((title, index) => {
      const who = index % 2;
      const form = pages[who];
      if (!form) throw new Error("Neither has the form open.");
      return sendForm([first, second][who]?.visitor ?? first.visitor, form.$, { title });
    }),
  );
  const saved = answers.flatMap(({ status }, index) => (status === 303 ? [titles[index]] : []));
  expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(409)]);
  expect([(await row()).title]).toEqual(saved);
  expect((await history()).map(({ objectLabel }) => objectLabel)).toEqual(saved);
});

test("twenty who each load and save as often as it takes leave a history without a gap", async () => {
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { visitor } = index % 2 ? first : second;
      for (let tries = 0; tries < 100; tries += 1) {
        const { status } = await fillForm(visitor, page(), { title: `Bird ${index}` });
        if (status === 303) return;
        expect(status).toBe(409);
      }
      throw new Error("Nobody let this one save.");
    }),
  );
  const steps = (await history()).map(
    ({ changes }) => (changes as unknown as { before: string; after: string }[])[0],
  );
  expect(steps).toHaveLength(20);
  expect(steps.map((step) => step?.before)).toEqual([
    "A stork",
    ...steps.slice(0, -1).map((step) => step?.after),
  ]);
  expect((await row()).title).toBe(steps.at(-1)?.after);
}, 120_000);

test("whoever saves while it is deleted is too late, or in time", async () => {
  for (let round = 0; round < 5; round += 1) {
    [id = 0] = await createImageRows(site.deps.database, first.id, 1, { title: "A stork" });
    const { $ } = await first.visitor.get(page());
    const image = await row();
    const [answer] = await Promise.all([
      sendForm(first.visitor, $, { title: "A crane" }),
      removeImage(site.deps, { image }),
    ]);
    expect([303, 404]).toContain(answer.status);
    expect(await site.deps.database.image.count({ where: { id } })).toBe(0);
    expect(await history()).toHaveLength(answer.status === 303 ? 1 : 0);
  }
});

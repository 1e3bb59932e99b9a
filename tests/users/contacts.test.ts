import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";
import { createPeopleRows } from "#tests/users/people-rows.ts";

const BASE = Date.UTC(2026, 4, 14);
const lists = ["followers", "following"] as const;

let site: TestApp;
let stranger: Visitor;
let ada: { id: number; username: string; visitor: Visitor };
let bob: { id: number; username: string; visitor: Visitor };
/** Whom each list has, the latest first; seven at a time share their moment. */
const expected: Record<(typeof lists)[number], number[]> = { followers: [], following: [] };

beforeAll(async () => {
  site = await startTestApp();
  stranger = createVisitor(site.app);
  ada = await signedInPerson(site, { username: "Ada_1815", firstName: "Ada" });
  bob = await signedInPerson(site, { firstName: "Bob" });
  for (const list of lists) {
    const people = await createPeopleRows(site.deps.database, 60, { isActive: (i) => i !== 5 });
    const rows = people.map(({ id }, index) => ({ id, index, group: Math.floor(index / 7) }));
    await site.deps.database.contact.createMany({
      data: rows.map(({ id, group }) => ({
        ...(list === "followers" ? { fromId: id, toId: ada.id } : { fromId: ada.id, toId: id }),
        createdAt: new Date(BASE - group * 1000),
      })),
    });
    expected[list] = rows
      .filter(({ index }) => index !== 5)
      .sort((a, b) => a.group - b.group || b.id - a.id)
      .map(({ id }) => id);
  }
});
afterAll(() => site.close());

const idsOf = ({ $ }: Answer) =>
  $("li.person-tile")
    .toArray()
    .map((tile) => Number($(tile).attr("id")?.replace("person-", "")));
const nextOf = ({ $ }: Answer) => $("a[rel=next]").attr("href");

describe.each(lists)("the list of %s", (list) => {
  test("has each active person once, the latest first, 24 a page", async () => {
    const pages: number[][] = [];
    for (let next: string | undefined = `/users/ada_1815/${list}`; next; ) {
      const answer: Answer = await stranger.get(next);
      expect(answer.status).toBe(200);
      pages.push(idsOf(answer));
      next = nextOf(answer);
      if (next) expect(next).toMatch(new RegExp(`^/users/Ada_1815/${list}\\?cursor=\\d+-\\d+$`));
    }
    expect(pages.map((page) => page.length)).toEqual([24, 24, 11]);
    expect(pages.flat()).toEqual(expected[list]);
  });

  test("says whose it is and leads back, and is linked from the profile", async () => {
    const words = { followers: "People who follow Ada", following: "People Ada follows" };
    const own = { followers: "People who follow you", following: "People you follow" };
    const page = await stranger.get(`/users/Ada_1815/${list}`);
    expect(page.$("h1").text()).toBe(words[list]);
    expect(page.$("title").text()).toBe(`${words[list]} · Magpie`);
    expect(page.$("main a[href='/users/Ada_1815']").text()).toContain("Ada");
    expect((await ada.visitor.get(`/users/Ada_1815/${list}`)).$("h1").text()).toBe(own[list]);
    const profile = await stranger.get("/users/Ada_1815");
    expect(profile.$(`main a[href='/users/Ada_1815/${list}']`)).toHaveLength(1);
  });

  test("of nobody says so in words", async () => {
    const path = `/users/${bob.username}/${list}`;
    const words = { followers: "Nobody follows Bob yet", following: "Bob follows nobody yet" };
    const own = { followers: "Nobody follows you yet", following: "You follow nobody yet" };
    expect((await stranger.get(path)).$("main h2").text()).toBe(words[list]);
    expect((await bob.visitor.get(path)).$("main h2").text()).toBe(own[list]);
  });

  test("shows whom the viewer follows, not whom its person does", async () => {
    const [id = 0] = expected[list];
    await site.deps.database.contact.create({ data: { fromId: bob.id, toId: id } });
    const page = await bob.visitor.get(`/users/Ada_1815/${list}`);
    const actions = page
      .$("li.person-tile form")
      .toArray()
      .map((form) => page.$(form).attr("action"));
    expect(actions).toHaveLength(24);
    expect(actions.filter((action) => action?.endsWith("/unfollow"))).toHaveLength(1);
    expect(page.$(`li#person-${id} form`).attr("action")).toMatch(/\/unfollow$/);
    await site.deps.database.contact.deleteMany({ where: { fromId: bob.id } });
  });

  test("to htmx is the next tiles alone", async () => {
    const first = await stranger.get(`/users/Ada_1815/${list}`);
    const more = await stranger.get(nextOf(first) ?? "", { "HX-Request": "true" });
    expect(more.text).not.toMatch(/<html|<header|<h1/i);
    expect(idsOf(more)).toEqual(expected[list].slice(24, 48));
    expect(more.headers.vary).toContain("HX-Request");
  });

  test.each(["x", "2", "1-", "1-2-3", "1-2147483648", "9999999999999999-1"])(
    "the cursor %j is refused",
    async (cursor) => {
      expect((await stranger.get(`/users/Ada_1815/${list}?cursor=${cursor}`)).status).toBe(400);
    },
  );

  test("of a person there is not is not there", async () => {
    for (const name of ["nobody-here", "x".repeat(5000)])
      expect((await stranger.get(`/users/${name}/${list}`)).status).toBe(404);
  });

  test("takes one query beside that for its person, however long it is", async () => {
    const countOf = async (visitor: Visitor, path: string) => {
      const sent = await queriesOf(async () => expect((await visitor.get(path)).status).toBe(200));
      return sent.length;
    };
    const [long, short] = [`/users/Ada_1815/${list}`, `/users/${bob.username}/${list}`];
    expect(await countOf(stranger, long)).toBe(2);
    expect(await countOf(stranger, short)).toBe(2);
    await countOf(bob.visitor, long);
    expect(await countOf(bob.visitor, long)).toBe(await countOf(bob.visitor, short));
  });
});

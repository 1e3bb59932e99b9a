import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf, type SentQuery } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";
import { createPeopleRows } from "#tests/users/people-rows.ts";

const BASE = Date.UTC(2026, 4, 14);

let site: TestApp;
let stranger: Visitor;
let me: { id: number; username: string; visitor: Visitor };
/** Newest first; seven at a time share their moment. */
let ids: number[];

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => new Date(BASE - 3_600_000) });
  stranger = createVisitor(site.app);
  me = await signedInPerson(site, { firstName: "Ada" });
  const rows = await createPeopleRows(site.deps.database, 60, {
    joinedAt: (index) => new Date(BASE - Math.floor(index / 7) * 1000),
    isActive: (index) => index !== 10,
  });
  ids = rows
    .map(({ id }, index) => ({ id, index, group: Math.floor(index / 7) }))
    .filter(({ index }) => index !== 10)
    .sort((a, b) => a.group - b.group || b.id - a.id)
    .map(({ id }) => id)
    .concat(me.id);
});
afterAll(() => site.close());

const idsOf = ({ $ }: Answer) =>
  $("li.person-tile")
    .toArray()
    .map((tile) => Number($(tile).attr("id")?.replace("person-", "")));
const nextOf = ({ $ }: Answer) => $("a[rel=next]").attr("href");

describe("the directory", () => {
  test("has everyone active once, newest first, 24 a page", async () => {
    const pages: number[][] = [];
    for (let next: string | undefined = "/users"; next; ) {
      const answer: Answer = await stranger.get(next);
      expect(answer.status).toBe(200);
      pages.push(idsOf(answer));
      next = nextOf(answer);
    }
    expect(pages.map((page) => page.length)).toEqual([24, 24, 12]);
    expect(pages.flat()).toEqual(ids);
  });

  test("stays in step while people join and go", async () => {
    const first = await stranger.get("/users");
    const { database } = site.deps;
    const [late = { id: 0 }] = await createPeopleRows(database, 1, {
      joinedAt: () => new Date(BASE + 1000),
    });
    const away = async (isActive: boolean) =>
      database.user.update({ where: { id: ids[23] ?? 0 }, data: { isActive } });
    await away(false);
    const second = await stranger.get(nextOf(first) ?? "");
    await away(true);
    await database.user.delete({ where: { id: late.id } });
    expect(idsOf(second)).toEqual(ids.slice(24, 48));
  });

  test("understands the number of a page, which leads on like any other", async () => {
    expect(idsOf(await stranger.get("/users?page=1"))).toEqual(ids.slice(0, 24));
    const second = await stranger.get("/users?page=2");
    expect(idsOf(second)).toEqual(ids.slice(24, 48));
    expect(idsOf(await stranger.get(nextOf(second) ?? ""))).toEqual(ids.slice(48));
    const last = await stranger.get("/users?page=100");
    expect([last.status, idsOf(last).length]).toEqual([200, 0]);
    expect(last.$("main").text()).toContain("Nobody on this page");
  });

  test.each([
    ...["0", "101", "01", "-1", "1.5", "1e2", "x", "٢", "1-", "1-2-3", "1-2147483648", "+1", "1 "],
    ...["9999999999999999-1", "NaN", "' or 1=1 --", "99999999999999999999"],
  ])("the page %j is refused", async (page) => {
    expect((await stranger.get(`/users?page=${encodeURIComponent(page)}`)).status).toBe(400);
  });

  test("takes an empty page for the first, a repeated one for junk", async () => {
    expect(idsOf(await stranger.get("/users?page="))).toEqual(ids.slice(0, 24));
    expect((await stranger.get("/users?page=1&page=2")).status).toBe(400);
    expect((await stranger.get("/users?page[]=1")).status).toBe(400);
    expect((await stranger.get("/users?page=999999999999999-1")).status).toBe(200);
  });

  test("to htmx is the next tiles alone", async () => {
    const more = await stranger.get("/users?page=2", { "HX-Request": "true" });
    expect(more.text).not.toMatch(/<html|<header|<ul class="people/i);
    expect(idsOf(more)).toHaveLength(24);
    expect(nextOf(more)).toMatch(/^\/users\?page=\d+-\d+$/);
    expect(more.headers.vary).toContain("HX-Request");
  });

  test("gives strangers no cookie, and links to sign in instead of forms", async () => {
    const answer = await createVisitor(site.app).get("/users");
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.headers["cache-control"]).toBe("public, no-cache");
    expect(answer.$("main form")).toHaveLength(0);
    expect(answer.$("li.person-tile a.button").first().attr("href")).toMatch(
      /^\/login\?next=%2Fusers%2Frow_/,
    );
    expect(answer.$("header nav a[href='/users']").attr("aria-current")).toBe("page");
  });
});

describe("a tile", () => {
  const tileOf = ({ $ }: Answer, id: number) => $(`li#person-${id}`);

  test("shows who it is, what they keep, and whether I follow them", async () => {
    const [first = 0, second = 0] = ids;
    await site.deps.database.user.update({
      where: { id: first },
      data: { firstName: `"><script>alert(1)</script>`, lastName: "B" },
    });
    await site.deps.database.profile.update({
      where: { userId: first },
      data: { bio: "Walks <b>", imagesCount: 1, followersCount: 1234 },
    });
    await site.deps.database.contact.create({ data: { fromId: me.id, toId: second } });
    const page = await me.visitor.get("/users");
    expect(page.text).not.toContain("<script>alert");
    const tile = tileOf(page, first);
    expect(tile.find(".person-name").text()).toBe(`"><script>alert(1)</script> B`);
    expect(tile.find("a").attr("href")).toMatch(/^\/users\/row_/);
    for (const words of ["@row_", "Walks <b>", "1 picture", "1,234 followers"])
      expect(tile.text()).toContain(words);
    expect(tile.find("form").attr("action")).toMatch(/\/follow$/);
    expect(tileOf(page, second).find("form").attr("action")).toMatch(/\/unfollow$/);
    const own = tileOf(await me.visitor.get("/users?page=3"), me.id);
    expect(own.find("form")).toHaveLength(0);
    expect(own.text()).toContain("you");
  });
});

describe("the queries of the directory", () => {
  const queriesFor = (visitor: Visitor, path: string) =>
    queriesOf(async () => expect((await visitor.get(path)).status).toBe(200));

  test("are as many for many people as for few, and one for its tiles", async () => {
    await queriesFor(me.visitor, "/users");
    const few = await queriesFor(me.visitor, "/users?page=3");
    const many = await queriesFor(me.visitor, "/users");
    expect(many.length).toBe(few.length);
    expect(await queriesFor(createVisitor(site.app), "/users")).toHaveLength(1);
  });

  test("deep in a large site walk the index", async () => {
    await createPeopleRows(site.deps.database, 4000, {
      joinedAt: (index) => new Date(BASE - index * 60_000),
    });
    await site.deps.database.$executeRawUnsafe("analyze");
    const path = `/users?page=${BASE - 2000 * 60_000}-2147483647`;
    const sent = await queriesFor(stranger, path);
    const list = sent.find(({ text }) => /from users u/i.test(text)) as SentQuery;
    const client = new pg.Client({ connectionString: site.databaseUrl });
    await client.connect();
    const { rows } = await client.query(`explain ${list.text}`, list.values);
    await client.end();
    const plan = rows.map((row: { "QUERY PLAN": string }) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("using users_joined_at_id_idx on users");
    expect(plan).toMatch(/Index Cond: \(ROW\(joined_at, id\) </);
    expect(plan).not.toMatch(/Sort|Seq Scan on (users|profiles)/);
  });
});

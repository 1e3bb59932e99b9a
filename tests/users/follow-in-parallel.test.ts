import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { followPerson, unfollowPerson } from "#features/users/follow-person.ts";
import { NotFound } from "#lib/errors.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";
import { createPeopleRows, expectRightCounters } from "#tests/users/people-rows.ts";

interface Follower {
  id: number;
  username: string;
  visitor: Visitor;
  csrf: string;
}

let site: TestApp;
let people: Follower[];
let ana: { id: number; username: string };

beforeAll(async () => {
  site = await startTestApp();
  people = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const person = await signedInPerson(site);
      return { ...person, csrf: await person.visitor.csrf() };
    }),
  );
});
beforeEach(async () => {
  await site.deps.database.contact.deleteMany();
  await site.deps.database.profile.updateMany({ data: { followersCount: 0, followingCount: 0 } });
  [ana = { id: 0, username: "" }] = await createPeopleRows(site.deps.database, 1);
});
afterAll(() => site.close());

async function send(follower: Follower, verb: "follow" | "unfollow", whom: { username: string }) {
  const options = { csrf: null, headers: { Accept: "application/json" } };
  const fields = { _csrf: follower.csrf };
  return follower.visitor.post(`/users/${whom.username}/${verb}`, fields, options);
}

const statusesOf = (answers: { status: number }[]) => [
  ...new Set(answers.map(({ status }) => status)),
];
const deeds = () =>
  site.deps.database.action.count({ where: { targetId: ana.id, verb: "user_followed" } });
const first = () => people[0] as Follower;

describe("many follows at once", () => {
  test("a hundred by one person are one", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => send(first(), "follow", ana)),
    );
    expect(statusesOf(answers)).toEqual([200]);
    expect([...new Set(answers.map(({ body }) => body.followers))]).toEqual([1]);
    expect(await site.deps.database.contact.count()).toBe(1);
    expect(await deeds()).toBe(1);
    await expectRightCounters(site.deps.database);
  });

  test("fifty people's are fifty, and as many taken back are none", async () => {
    const followers = await createPeopleRows(site.deps.database, 50);
    const counts = await Promise.all(
      followers.map((actor) => followPerson(site.deps, { actor, person: ana })),
    );
    expect(counts.sort((a, b) => a - b)).toEqual(followers.map((_, index) => index + 1));
    expect(await deeds()).toBe(50);
    await expectRightCounters(site.deps.database);
    await Promise.all(followers.map((actor) => unfollowPerson(site.deps, { actor, person: ana })));
    expect(await site.deps.database.contact.count()).toBe(0);
    await expectRightCounters(site.deps.database);
  });

  test("people who follow each other at once never wait for each other", async () => {
    const pairs = people.flatMap((from) =>
      people.filter((to) => to !== from).map((to) => ({ from, to })),
    );
    const answers = await Promise.all(pairs.map(({ from, to }) => send(from, "follow", to)));
    expect(statusesOf(answers)).toEqual([200]);
    expect(await site.deps.database.contact.count()).toBe(pairs.length);
    const storm = pairs.flatMap(({ from, to }) =>
      (["unfollow", "follow"] as const).map((verb) => send(from, verb, to)),
    );
    expect(statusesOf(await Promise.all(storm))).toEqual([200]);
    await expectRightCounters(site.deps.database);
  });
});

describe("a person who goes in the very moment", () => {
  test.each(["deleted", "deactivated"])("%s amid follows is never a failure", async (how) => {
    const { database } = site.deps;
    await Promise.all(people.slice(0, 3).map((person) => send(person, "follow", ana)));
    const goes = async () => {
      if (how === "deleted") await database.user.delete({ where: { id: ana.id } });
      else await database.user.update({ where: { id: ana.id }, data: { isActive: false } });
    };
    const follows = people.flatMap((person, index) => [
      send(person, index < 3 ? "unfollow" : "follow", ana),
      send(person, "follow", ana),
    ]);
    const [answers] = await Promise.all([Promise.all(follows), goes()]);
    expect(statusesOf(answers).filter((status) => status !== 200 && status !== 404)).toEqual([]);
    if (how === "deleted") {
      expect(await database.contact.count({ where: { toId: ana.id } })).toBe(0);
    } else await expectRightCounters(database);
    expect((await send(first(), "follow", ana)).status).toBe(404);
  });

  /** Deletes in another connection, with `change` let in between its first lock and the rest. */
  async function whileDeleted(change: () => Promise<unknown>): Promise<unknown> {
    const client = new pg.Client({ connectionString: site.databaseUrl });
    await client.connect();
    try {
      await client.query("begin");
      await client.query("select 1 from users where id = $1 for update", [ana.id]);
      const outcome = change().catch((error: unknown) => error);
      await expect.poll(() => waitingFor(client)).toBe(1);
      await client.query("delete from users where id = $1", [ana.id]);
      await client.query("commit");
      return await outcome;
    } finally {
      await client.end();
    }
  }

  async function waitingFor(client: pg.Client): Promise<number> {
    const { rows } = await client.query(
      "select count(*)::int from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))",
    );
    return rows[0].count;
  }

  test("cannot be followed nor unfollowed any more, and nobody waits for each other", async () => {
    const request = { actor: first(), person: ana };
    expect(await whileDeleted(() => followPerson(site.deps, request))).toBeInstanceOf(NotFound);
    [ana = { id: 0, username: "" }] = await createPeopleRows(site.deps.database, 1);
    await send(first(), "follow", ana);
    const taken = { actor: first(), person: ana };
    expect(await whileDeleted(() => unfollowPerson(site.deps, taken))).toBeInstanceOf(NotFound);
  });

  test("is not there for a request that found them before", async () => {
    await site.deps.database.user.update({ where: { id: ana.id }, data: { isActive: false } });
    const request = { actor: first(), person: ana };
    await expect(followPerson(site.deps, request)).rejects.toBeInstanceOf(NotFound);
    await expect(unfollowPerson(site.deps, request)).rejects.toBeInstanceOf(NotFound);
    await site.deps.database.user.delete({ where: { id: ana.id } });
    await expect(followPerson(site.deps, request)).rejects.toBeInstanceOf(NotFound);
    const gone = { actor: ana, person: first() };
    await expect(followPerson(site.deps, gone)).rejects.toBeInstanceOf(NotFound);
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { issueToken } from "#features/account/account-tokens.ts";
import { changeSuperuser } from "#features/users/change-status.ts";
import { activatePerson, deactivatePerson } from "#features/users/deactivate-person.ts";
import { followPerson } from "#features/users/follow-person.ts";
import { recountCounters, recountPerson } from "#features/users/recount-counters.ts";
import { holdPerson } from "#features/users/users.access.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let person: Awaited<ReturnType<typeof signedInPerson>>;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
beforeEach(async () => {
  person = await signedInPerson(site);
});
afterAll(() => site.close());

type Tx = Parameters<typeof deactivatePerson>[0];
const held = <Result>(work: (tx: Tx) => Promise<Result>, { id } = person) =>
  site.deps.database.$transaction(async (tx) => {
    expect(await holdPerson(tx, id)).toBe(true);
    return work(tx);
  });
const sessions = () => site.deps.database.session.count({ where: { userId: person.id } });

test("deactivating ends every session, once, and says whether it changed anything", async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, () => held((tx) => deactivatePerson(tx, person))),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await sessions()).toBe(0);
  expect(await held((tx) => activatePerson(tx, person))).toBe(true);
  expect(await held((tx) => activatePerson(tx, person))).toBe(false);
  expect(await sessions()).toBe(0);
});

test("links that were mailed before do not come back with the person", async () => {
  const { database } = site.deps;
  const { id: userId } = person;
  const email = "new@example.org";
  await issueToken(database, { userId, purpose: "confirm_email", email, now: new Date() });
  await held((tx) => deactivatePerson(tx, person));
  await held((tx) => activatePerson(tx, person));
  expect(await database.accountToken.count({ where: { userId } })).toBe(0);
});

test("of superusers who are demoted and deactivated at once one stays", async () => {
  const { database } = site.deps;
  const people = await Promise.all(
    Array.from({ length: 4 }, () => signedInPerson(site, { isSuperuser: true })),
  );
  const answers = await Promise.allSettled(
    people.map((each, index) =>
      held(
        (tx) =>
          index % 2
            ? deactivatePerson(tx, each)
            : changeSuperuser(tx, each, false).then(() => true),
        each,
      ),
    ),
  );
  const refused = answers.filter((answer) => answer.status === "rejected");
  expect(refused).toMatchObject([{ reason: { code: "last_superuser" } }]);
  expect(await database.user.count({ where: { isSuperuser: true, isActive: true } })).toBe(1);
});

test("nobody is held who is gone", async () => {
  const { database } = site.deps;
  await database.user.delete({ where: { id: person.id } });
  expect(await database.$transaction((tx) => holdPerson(tx, person.id))).toBe(false);
});

test("recounting one person while others follow them leaves the number right", async () => {
  const { database } = site.deps;
  const followers = await Promise.all(Array.from({ length: 6 }, () => signedInPerson(site)));
  await database.profile.update({ where: { userId: person.id }, data: { followersCount: 40 } });
  const recorded: unknown[] = [];
  const alongside = async (_tx: unknown, found: unknown) => void recorded.push(found);
  await Promise.all([
    ...followers.map((actor) => followPerson(site.deps, { actor, person })),
    ...Array.from({ length: 3 }, () => recountPerson(site.deps, { person, alongside })),
  ]);
  const profile = await database.profile.findUniqueOrThrow({ where: { userId: person.id } });
  expect(profile.followersCount).toBe(6);
  expect(recorded).toHaveLength(1);
  expect(await recountCounters(site.deps)).toEqual([]);
});

test("a recount that cannot be recorded is not done, and of nobody is told", async () => {
  const { database } = site.deps;
  await database.profile.update({ where: { userId: person.id }, data: { imagesCount: 3 } });
  const alongside = () => Promise.reject(new Error("no history"));
  await expect(recountPerson(site.deps, { person, alongside })).rejects.toThrow("no history");
  const profile = await database.profile.findUniqueOrThrow({ where: { userId: person.id } });
  expect(profile.imagesCount).toBe(3);
  await database.user.delete({ where: { id: person.id } });
  await expect(recountPerson(site.deps, { person, alongside })).rejects.toMatchObject({
    code: "not_found",
  });
});

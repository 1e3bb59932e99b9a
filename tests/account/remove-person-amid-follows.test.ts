import { afterAll, beforeAll, expect, test } from "vitest";
import { removePerson } from "#features/account/remove-person.ts";
import { addFollow } from "#features/users/follow-person.ts";
import { NotFound } from "#lib/errors.ts";
import { createPeopleRows } from "#tests/factories/deeds.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { countWaiting } from "#tests/support/waiting-sessions.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

test("whoever is followed anew before each try to hold them is deleted all the same", async () => {
  const { database } = site.deps;
  const [id = 0, ...fans] = await createPeopleRows(database, 9, "swan");
  let removal: Promise<void> | undefined;
  for (const fan of fans) {
    const following = database.$transaction(async (tx) => {
      await addFollow(tx, { actor: { id: fan }, person: { id }, now: new Date() });
      removal ??= removePerson(site.deps, { person: { id } });
      await Promise.race([removal, expect.poll(() => countWaiting(database)).toBe(1)]);
    });
    const error = await following.catch((reason: unknown) => reason);
    if (error !== undefined) expect(error).toBeInstanceOf(NotFound);
  }
  await removal;
  expect(await database.user.count({ where: { id } })).toBe(0);
  expect(await database.action.count({ where: { userId: { in: fans } } })).toBe(0);
  const counts = await database.profile.findMany({ where: { userId: { in: fans } } });
  expect(counts.map(({ followingCount }) => followingCount)).toEqual(fans.map(() => 0));
});

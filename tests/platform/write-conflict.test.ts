import { afterAll, beforeAll, expect, test } from "vitest";
import { isWriteConflict, type Transaction, tryAgain } from "#platform/database.ts";
import { createPeopleRows } from "#tests/factories/deeds.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

const raw = (tx: Transaction, id: number) =>
  tx.$executeRaw`update profiles set bio = 'x' where user_id = ${id}`;
const modelled = (tx: Transaction, id: number) =>
  tx.profile.update({ where: { userId: id }, data: { bio: "x" } });

test.each([
  ["raw statements", raw],
  ["Prisma's own", modelled],
])("of two transactions that wait for each other, one is told so: %s", async (_, write) => {
  const [one = 0, two = 0] = await createPeopleRows(site.deps.database, 2, `pair${Math.random()}`);
  let arrived = 0;
  const cross = (first: number, second: number) =>
    site.deps.database.$transaction(async (tx) => {
      await write(tx, first);
      arrived += 1;
      await expect.poll(() => arrived).toBe(2);
      await write(tx, second);
    });
  const answers = await Promise.allSettled([cross(one, two), cross(two, one)]);
  const refused = answers.filter((answer) => answer.status === "rejected");
  expect(refused.map(({ reason }) => isWriteConflict(reason))).toEqual([true]);
});

test("tried again, both are done", async () => {
  const [one = 0, two = 0] = await createPeopleRows(site.deps.database, 2, `pair${Math.random()}`);
  let arrived = 0;
  const cross = (first: number, second: number) =>
    tryAgain(() =>
      site.deps.database.$transaction(async (tx) => {
        await modelled(tx, first);
        arrived += 1;
        await expect.poll(() => arrived).toBeGreaterThanOrEqual(2);
        await modelled(tx, second);
      }),
    );
  await Promise.all([cross(one, two), cross(two, one)]);
  // Seldom, on a busy machine, they are in each other's way more than once.
  expect(arrived).toBeGreaterThanOrEqual(3);
  const written = await site.deps.database.profile.count({
    where: { userId: { in: [one, two] }, bio: "x" },
  });
  expect(written).toBe(2);
});

test("who came first is given time before it is tried again, more each time", async () => {
  const began: number[] = [];
  const losing = () => {
    began.push(performance.now());
    return Promise.reject(Object.assign(new Error("conflict"), { code: "P2034" }));
  };
  await expect(tryAgain(losing)).rejects.toThrow("conflict");
  const waited = began.slice(1).map((at, index) => at - (began[index] ?? at));
  // Timers may fire up to a millisecond early.
  for (const [index, wait] of waited.entries()) expect(wait).toBeGreaterThan(25 * (index + 1) - 2);
  expect(waited).toHaveLength(4);
});

test("what does not pass is not tried again", async () => {
  let count = 0;
  const failing = () => {
    count += 1;
    return Promise.reject(new Error("no"));
  };
  await expect(tryAgain(failing)).rejects.toThrow("no");
  expect(count).toBe(1);
  await expect(tryAgain(failing, () => true)).rejects.toThrow("no");
  expect(count).toBe(6);
});

test("nothing else is taken for that", () => {
  for (const error of [null, undefined, "P2034", new Error("x"), { code: "P2002" }]) {
    expect(isWriteConflict(error)).toBe(false);
  }
});

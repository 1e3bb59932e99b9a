import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Activity, forgetTarget, recordActivity } from "#features/activity/record-activity.ts";
import { atOnce } from "#tests/support/at-once.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

const start = new Date("2026-05-14T10:00:00.000Z");
const later = (milliseconds: number) => new Date(start.getTime() + milliseconds);

let site: TestApp;
let people: { id: number }[];
let target: number;

beforeAll(async () => {
  site = await startTestApp();
  people = await site.deps.database.user.createManyAndReturn({
    data: [1, 2].map((n) => ({ username: `person${n}`, email: `person${n}@example.org` })),
  });
  target = 0;
});
beforeEach(() => {
  target += 1;
});
afterAll(() => site.close());

function record(values: Partial<Activity> = {}, person = 0): Promise<boolean> {
  const activity: Activity = {
    ...{ actorId: people[person]?.id ?? 0, verb: "image_liked", now: start },
    ...{ target: { type: "image", id: target } },
    ...values,
  };
  return site.deps.database.$transaction((tx) => recordActivity(tx, activity));
}
const open = () => site.deps.database.$queryRaw`select pg_sleep(0.05)::text`;
const recorded = () =>
  site.deps.database.action.findMany({
    where: { targetId: target },
    orderBy: { createdAt: "asc" },
  });

describe("a deed", () => {
  test("is a row with who, what, whom and when", async () => {
    expect(await record()).toBe(true);
    expect(await recorded()).toMatchObject([
      {
        ...{ userId: people[0]?.id, verb: "image_liked", createdAt: start },
        ...{ targetType: "image", targetId: target },
      },
    ]);
  });

  test("within a minute of the same is not recorded again, and after it is", async () => {
    const outcomes = [];
    for (const milliseconds of [0, 1, 59_999, 60_000, 60_001, 119_999, 120_000]) {
      outcomes.push(await record({ now: later(milliseconds) }));
    }
    expect(outcomes).toEqual([true, false, false, true, false, false, true]);
    expect((await recorded()).map(({ createdAt }) => createdAt)).toEqual([
      ...[start, later(60_000), later(120_000)],
    ]);
  });

  test("of another person, verb, kind of target or target is another", async () => {
    expect(await record()).toBe(true);
    expect(await record({}, 1)).toBe(true);
    expect(await record({ verb: "image_bookmarked" })).toBe(true);
    expect(await record({ target: { type: "user", id: target } })).toBe(true);
    target += 1;
    expect(await record()).toBe(true);
  });

  test("done fifty times at once is recorded once", async () => {
    // Connections that are open already race; those that open meanwhile come too late for that.
    await Promise.all(Array.from({ length: 10 }, () => open()));
    const outcomes = await atOnce(Array.from({ length: 50 }, () => () => record()));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await recorded()).toHaveLength(1);
  });

  test("is undone with the change it belongs to", async () => {
    const failing = site.deps.database.$transaction(async (tx) => {
      const activity = { actorId: people[0]?.id ?? 0, verb: "image_liked" as const, now: start };
      await recordActivity(tx, { ...activity, target: { type: "image", id: target } });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await recorded()).toEqual([]);
    expect(await record()).toBe(true);
  });

  test.each([
    [false, "commits"],
    [true, "fails"],
  ])("waits for the same under way, and records: %s, when that %s", async (again, outcome) => {
    let second: Promise<boolean> | undefined;
    const first = site.deps.database.$transaction(async (tx) => {
      const activity = { actorId: people[0]?.id ?? 0, verb: "image_liked" as const, now: start };
      await recordActivity(tx, { ...activity, target: { type: "image", id: target } });
      second = record();
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (outcome === "fails") throw new Error("no");
    });
    await first.catch(() => {});
    expect(await second).toBe(again);
    expect(await recorded()).toHaveLength(1);
  });
});

test("a forgotten target takes all deeds to it along, and only those", async () => {
  await record();
  await record({}, 1);
  await record({ target: { type: "user", id: target } });
  await site.deps.database.$transaction((tx) => forgetTarget(tx, { type: "image", id: target }));
  expect((await recorded()).map(({ targetType }) => targetType)).toEqual(["user"]);
});

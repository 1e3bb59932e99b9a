import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sweepSessions } from "#features/account/account.jobs.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

test("removes sessions that have aged out, also when run twice, and leaves the others", async () => {
  const { id: userId, visitor } = await signedInPerson(site);
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  const session = (createdAt: Date, lastSeenAt: Date) => ({
    id: randomUUID(),
    userId,
    createdAt,
    lastSeenAt,
  });
  const kept = session(daysAgo(80), daysAgo(13));
  await site.deps.database.session.createMany({
    data: [kept, session(daysAgo(20), daysAgo(15)), session(daysAgo(91), daysAgo(1))],
  });
  await sweepSessions(site.deps);
  await sweepSessions(site.deps);
  const left = await site.deps.database.session.findMany({ where: { userId } });
  expect(left).toHaveLength(2);
  expect(left.map((row) => row.id)).toContain(kept.id);
  expect((await visitor.get("/images/new")).status).toBe(200);
});

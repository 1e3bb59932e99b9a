import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Administrator, staffOf } from "#tests/admin/administrators.ts";
import { type Filled, fillForm } from "#tests/admin/fill-form.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { countWaiting } from "#tests/support/waiting-sessions.ts";

// Two administrators change each other's account: each change names who did it, and so waits for them.

let site: TestApp;
let lower: Administrator;
let higher: Administrator;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
beforeEach(async () => {
  const grants = ["users view", "users change", "profiles view", "profiles change"] as const;
  lower = await staffOf(site, grants);
  higher = await staffOf(site, grants);
});
afterAll(() => site.close());

/** What `actor` sends about `other`. */
type Change = (actor: Administrator, other: Administrator) => Promise<{ status: number }>;
const filling =
  (model: string, filled: Filled): Change =>
  ({ visitor }, { id }) =>
    fillForm(visitor, `/admin/${model}/${id}`, filled);

const changes: [string, Change][] = [
  ["an account", filling("users", { firstName: "Ana" })],
  ["a profile", filling("profiles", { bio: "Herons." })],
  [
    "chosen people",
    ({ visitor }, { id }) =>
      visitor.post(
        "/admin/users/actions",
        { action: "end-sessions", [`row-${id}`]: "on", confirmed: "1" },
        { from: "/admin/users" },
      ),
  ],
];

describe.each(changes)("of %s", (_, change) => {
  test.each([
    ["the lower id", () => [lower, higher]],
    ["the higher id", () => [higher, lower]],
  ])("by whoever has %s, the lower id is held first", async (_who, pair) => {
    const [actor, other] = pair() as [Administrator, Administrator];
    let sent: ReturnType<Change> | undefined;
    await site.deps.database.$transaction(
      async (tx) => {
        await tx.$queryRaw`select 1 from users where id = ${lower.id} for update`;
        sent = change(actor, other);
        await expect.poll(() => countWaiting(site.deps.database)).toBeGreaterThan(0);
        await tx.$queryRaw`select 1 from users where id = ${higher.id} for update nowait`;
      },
      { timeout: 10_000 },
    );
    expect((await sent)?.status).toBe(303);
  });
});

test("many times at once, nobody waits for a deadlock to be found", async () => {
  const query = vi.spyOn(pg.Client.prototype, "query");
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all(
      [
        [lower, higher],
        [higher, lower],
      ].map(([actor, other]) =>
        fillForm((actor as Administrator).visitor, `/admin/users/${other?.id}`, {
          firstName: `Round ${round}`,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  }
  // The one that PostgreSQL breaks off is tried again, and nobody is told.
  const failed = query.mock.settledResults.filter(({ type }) => type === "rejected");
  query.mockRestore();
  expect(failed).toEqual([]);
});
